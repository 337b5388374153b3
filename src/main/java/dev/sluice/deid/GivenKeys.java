package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the {@code parameters} of a rule file say of keys. A key is null if the file names none; its name there ends with
 * "Key".
 *
 * @param dateShift of any length
 * @param cryptoHash of any length
 * @param encrypt of 16, 24 or 32 bytes, if no context is given
 * @param perturb of any length; Microsoft's format does not have it
 * @param common from which the others are derived that the file does not name: {@code keyRef} and {@code
 *     keyDerivationContext}
 */
public record GivenKeys(
        @Nullable Key dateShift,
        @Nullable Key cryptoHash,
        @Nullable Key encrypt,
        @Nullable Key perturb,
        Common common) {
    static final List<String> NAMES = List.of("dateShiftKey", "cryptoHashKey", "encryptKey", "perturbKey");

    private static final String REFERENCE = "keyRef";

    /**
     * A key: its text, or {@code {"keyRef": …}}. Exactly one is given.
     *
     * @param text the key
     * @param reference where it is
     */
    record Key(@Nullable String text, @Nullable KeyReference reference) {
        String read(KeySource source) {
            return reference == null ? String.valueOf(text) : source.read(reference);
        }

        /** Nothing of the key. */
        @Override
        public String toString() {
            return "Key";
        }
    }

    /**
     * What holds for all keys.
     *
     * @param reference where the key is from which the others are derived
     * @param context the name of the project for which all keys are derived, also those that the file names
     */
    record Common(
            @Nullable KeyReference reference, @Nullable String context) {}

    static GivenKeys of(JsonNode parameters) {
        String reference = text(parameters, REFERENCE);
        String context = text(parameters, "keyDerivationContext");
        Key encrypt = key(parameters, "encryptKey");
        if (encrypt != null && encrypt.text() != null && context == null) {
            requireSize(encrypt.text().getBytes(UTF_8));
        }
        return new GivenKeys(
                key(parameters, "dateShiftKey"),
                key(parameters, "cryptoHashKey"),
                encrypt,
                key(parameters, "perturbKey"),
                new Common(reference == null ? null : KeyReference.parse(reference), context));
    }

    /** Returns the key if AES has keys of this size. */
    static byte[] requireSize(byte[] key) {
        if (key.length != 16 && key.length != 24 && key.length != 32) {
            throw new InvalidRulesException("Invalid encrypt key size : " + 8 * key.length
                    + " bits! Please provide key sizes of 128, 192 or 256 bits.");
        }
        return key;
    }

    private static @Nullable Key key(JsonNode parameters, String name) {
        JsonNode value = parameters.path(name);
        if (value.isObject()) {
            String reference = text(value, REFERENCE);
            if (reference == null || value.size() != 1) {
                throw RuleFileFormat.failed("parameters." + name + " must be a text, or an object with a keyRef");
            }
            return new Key(null, KeyReference.parse(reference));
        }
        String text = text(parameters, name);
        return text == null ? null : new Key(text, null);
    }

    /** Null also for an empty text. */
    private static @Nullable String text(JsonNode parameters, String name) {
        String text = RuleParameters.text(parameters, name);
        return text == null || text.isEmpty() ? null : text;
    }
}
