package dev.sluice.deidservice;

import dev.sluice.deid.KeyReference;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The keys that rule files may name. Whoever writes a rule file could otherwise try guesses of any secret of this process
 * by the hashes that it gives, or have the token of its identity sent to another host.
 *
 * @param patterns references; a star at the end stands for anything
 */
public record AllowedKeys(List<String> patterns) {
    /** The host of a vault is always named. */
    private static final Pattern VALID =
            Pattern.compile("env:\\w*\\*?|file:/[^*]*\\*?|keyvault:https://[^/*@]+/[^*]*\\*?");

    public AllowedKeys {
        for (String pattern : patterns) {
            if (!VALID.matcher(pattern).matches()) {
                throw new IllegalArgumentException("sluice.deidentification.keys has '" + pattern + "'; use env:NAME,"
                        + " file:/path or keyvault:https://vault.vault.azure.net/secrets/name, and * only at the end");
            }
        }
        patterns = List.copyOf(patterns);
    }

    boolean allow(KeyReference reference) {
        String text = reference.toString();
        return patterns.stream()
                .anyMatch(pattern -> pattern.endsWith("*")
                        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                        : text.equals(pattern));
    }
}
