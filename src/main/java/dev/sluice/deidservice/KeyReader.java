package dev.sluice.deidservice;

import dev.sluice.blob.AzureIdentity;
import dev.sluice.deid.InvalidRulesException;
import dev.sluice.deid.KeyReference;
import dev.sluice.deid.KeySource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of de-identification from variables, files and vaults. A reference that is not allowed is never looked
 * up, so that nobody learns whether it exists. Safe for use by any number of threads.
 */
public final class KeyReader implements KeySource {
    private static final int LARGEST_FILE = 4_096;

    private final AllowedKeys allowed;
    private final Function<String, @Nullable String> variables;
    private final VaultReader vaults;

    /**
     * Creates a reader.
     *
     * @param variables the value of a variable, or null
     * @param identity whose token vaults get
     */
    public KeyReader(AllowedKeys allowed, Function<String, @Nullable String> variables, AzureIdentity identity) {
        this(allowed, variables, VaultReader.of(identity));
    }

    KeyReader(AllowedKeys allowed, Function<String, @Nullable String> variables, VaultReader vaults) {
        this.allowed = allowed;
        this.variables = variables;
        this.vaults = vaults;
    }

    @Override
    public String read(KeyReference reference) {
        if (!allowed.allow(reference)) {
            throw new InvalidRulesException("Rule files may not use the keyRef " + reference
                    + ". An operator of the server can allow it by sluice.deidentification.keys.");
        }
        String key = switch (reference.kind()) {
            case ENV -> variables.apply(reference.name());
            case FILE -> file(Path.of(reference.name()));
            case KEY_VAULT -> vaults.read(reference);
        };
        if (key == null || key.isEmpty()) {
            throw new InvalidRulesException("The keyRef " + reference
                    + " names no key: it does not exist in this process of the server, cannot be read, or is empty.");
        }
        return key;
    }

    /** Null if it is no readable file of the size of a key. A line break at its end does not belong to the key. */
    private static @Nullable String file(Path path) {
        if (!Files.isRegularFile(path)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                return null;
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.replaceFirst("\\r?\\n$", "");
        } catch (IOException e) { // also for bytes that are no text
            return null;
        }
    }
}
