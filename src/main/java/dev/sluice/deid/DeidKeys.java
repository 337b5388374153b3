package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys of one de-identification. All processes that write files of a job use the same ones.
 *
 * @param dateShift UTF-8 of the text in Microsoft's format
 * @param cryptoHash UTF-8 of the text in Microsoft's format
 * @param encrypt 16, 24 or 32 bytes
 * @param perturb for noise that is the same at each run
 */
public record DeidKeys(byte[] dateShift, byte[] cryptoHash, byte[] encrypt, byte[] perturb) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int DERIVED_BYTES = 32;

    /** That of FHIR Pseudonymizer: the same key and the same context give the same hashes there and here. */
    private static final byte[] SALT = "FhirPseudonymizer.KeyDerivation.v1".getBytes(UTF_8);

    /** New keys, for one job whose rules name none. */
    public static DeidKeys random() {
        byte[] secret = new byte[DERIVED_BYTES];
        RANDOM.nextBytes(secret);
        return derived(HexFormat.of().formatHex(secret), "");
    }

    /**
     * Keys for one project.
     *
     * @param secret from which they are derived; it cannot be found from them
     * @param context the name of the project: with another one, no key, and so no output, is the same
     */
    static DeidKeys derived(String secret, String context) {
        return new DeidKeys(
                derivedText(secret, context, "dateShift"),
                derivedText(secret, context, "cryptoHash"),
                derivedBytes(secret, context, "encrypt"),
                derivedBytes(secret, context, "perturb"));
    }

    /** As hexadecimal digits, because Microsoft's format has these keys as text. */
    static byte[] derivedText(String secret, String context, String purpose) {
        return HexFormat.of().formatHex(derivedBytes(secret, context, purpose)).getBytes(UTF_8);
    }

    static byte[] derivedBytes(String secret, String context, String purpose) {
        byte[] info = (context + ":" + purpose).getBytes(UTF_8);
        return Hkdf.derive(secret.getBytes(UTF_8), SALT, info, DERIVED_BYTES);
    }

    /** Reads what {@link #text} has written. */
    public static DeidKeys parse(String text) {
        List<byte[]> keys = Arrays.stream(text.split("\\.", -1))
                .map(Base64.getDecoder()::decode)
                .toList();
        if (keys.size() != 4) {
            throw new IllegalArgumentException("There are " + keys.size() + " keys instead of 4");
        }
        return new DeidKeys(keys.get(0), keys.get(1), keys.get(2), keys.get(3));
    }

    /** The keys as text, to be kept with the job. It is as secret as they are. */
    public String text() {
        return Stream.of(dateShift, cryptoHash, encrypt, perturb)
                .map(Base64.getEncoder()::encodeToString)
                .collect(Collectors.joining("."));
    }

    /** Nothing of the keys. */
    @Override
    public String toString() {
        return "DeidKeys";
    }
}
