package dev.sluice.deid;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/**
 * Where a key is that a rule file does not hold: {@code env:NAME}, {@code file:/path} or {@code
 * keyvault:https://vault.example/secrets/name}. Immutable.
 *
 * @param kind what the key is in
 * @param name the name of the variable, the path of the file, or the URL of the secret
 */
public record KeyReference(Kind kind, String name) {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Without . and .., so that a path that begins with an allowed folder stays in it. */
    private static final Pattern FILE = Pattern.compile("(/(?!\\.{1,2}(/|$))[^/\\x00-\\x1f]+)+");

    private static final Pattern SECRET = Pattern.compile("/secrets/[0-9A-Za-z-]{1,127}(/[0-9A-Za-z]{1,64})?");
    private static final int MAX_LENGTH = 1_000;

    /** What a key is in. */
    public enum Kind {
        ENV("env:"),
        FILE("file:"),
        KEY_VAULT("keyvault:");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /** @throws InvalidRulesException if the text is of no such form */
    static KeyReference parse(String text) {
        for (Kind kind : Kind.values()) {
            if (text.startsWith(kind.prefix) && text.length() <= MAX_LENGTH) {
                String name = text.substring(kind.prefix.length());
                if (isValid(kind, name)) {
                    return new KeyReference(kind, name);
                }
            }
        }
        throw new InvalidRulesException("A keyRef is not valid. Use env:NAME, file:/path without .. or"
                + " keyvault:https://vault.vault.azure.net/secrets/name.");
    }

    private static boolean isValid(Kind kind, String name) {
        return switch (kind) {
            case ENV -> VARIABLE.matcher(name).matches();
            case FILE -> FILE.matcher(name).matches();
            case KEY_VAULT -> isSecret(name);
        };
    }

    private static boolean isSecret(String name) {
        try {
            URI url = new URI(name);
            return "https".equals(url.getScheme())
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && SECRET.matcher(url.getRawPath()).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** As a rule file has it. It is no secret. */
    @Override
    public String toString() {
        return kind.prefix + name;
    }
}
