package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one de-identification. All processes that write files of a job use the same ones.
 *
 * @param dateShift UTF-8 of the text in Microsoft's format
 * @param cryptoHash UTF-8 of the text in Microsoft's format
 * @param encrypt 16, 24 or 32 bytes
 * @param perturb for noise that is the same at each run
 * @param likeMicrosoft whether the rule file names the key of shifts, so that they have to be those of Microsoft's tool
 */
public record DeidKeys(byte[] dateShift, byte[] cryptoHash, byte[] encrypt, byte[] perturb, boolean likeMicrosoft) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int DERIVED_BYTES = 32;

    /** That of FHIR Pseudonymizer: the same key and the same context give the same hashes there and here. */
    private static final byte[] SALT = "FhirPseudonymizer.KeyDerivation.v1".getBytes(UTF_8);

    /** A shorter key could be guessed from the output. */
    private static final int SHORTEST_SECRET = 16;

    /**
     * The keys that a rule file names. Those that it does not name are derived from its {@code keyRef}, or are new ones for
     * one job.
     *
     * @throws InvalidRulesException if a key cannot be read or used
     */
    public static DeidKeys of(GivenKeys given, KeySource source) {
        KeyReference reference = given.common().reference();
        String context = given.common().context();
        DeidKeys others =
                reference == null ? random() : derived(secret(reference, source), context == null ? "" : context);
        return new DeidKeys(
                given.dateShift() == null
                        ? others.dateShift
                        : text(given.dateShift().read(source), context, "dateShift"),
                given.cryptoHash() == null
                        ? others.cryptoHash
                        : text(given.cryptoHash().read(source), context, "cryptoHash"),
                given.encrypt() == null
                        ? others.encrypt
                        : encryptKey(given.encrypt().read(source), context),
                given.perturb() == null ? others.perturb : text(given.perturb().read(source), context, "perturb"),
                given.dateShift() != null);
    }

    private static String secret(KeyReference reference, KeySource source) {
        String secret = source.read(reference);
        if (secret.length() < SHORTEST_SECRET) {
            throw new InvalidRulesException("The key of keyRef " + reference + " has fewer than " + SHORTEST_SECRET
                    + " characters. Use a random one, such as the output of: openssl rand -hex 32");
        }
        return secret;
    }

    private static byte[] text(String key, @Nullable String context, String purpose) {
        return context == null ? key.getBytes(UTF_8) : derivedText(key, context, purpose);
    }

    private static byte[] encryptKey(String key, @Nullable String context) {
        return context == null ? GivenKeys.requireSize(key.getBytes(UTF_8)) : derivedBytes(key, context, "encrypt");
    }

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
                derivedBytes(secret, context, "perturb"),
                false);
    }

    /** As hexadecimal digits, because Microsoft's format has these keys as text. */
    static byte[] derivedText(String secret, String context, String purpose) {
        return HexFormat.of().formatHex(derivedBytes(secret, context, purpose)).getBytes(UTF_8);
    }

    static byte[] derivedBytes(String secret, String context, String purpose) {
        return derivedBytes(secret.getBytes(UTF_8), context, purpose);
    }

    private static byte[] derivedBytes(byte[] secret, String context, String purpose) {
        return Hkdf.derive(secret, SALT, (context + ":" + purpose).getBytes(UTF_8), DERIVED_BYTES);
    }

    /**
     * The key of shifts by HMAC. A file may name one text as the key of shifts and of hashes: if the same HMAC made both, the
     * hash of a patient's id, which is in the output, would tell the shift.
     */
    byte[] keyedShift() {
        return derivedBytes(dateShift, "", "keyedShift");
    }

    /** The key of noise, which the output does not tell either. */
    byte[] noise() {
        return derivedBytes(perturb, "", "noise");
    }

    /** Reads what {@link #text} has written. */
    public static DeidKeys parse(String text) {
        List<String> parts = List.of(text.split("\\.", -1));
        if (parts.size() != 5 || !parts.get(4).matches("true|false")) {
            throw new IllegalArgumentException("There are not 4 keys, and true or false");
        }
        List<byte[]> keys =
                parts.subList(0, 4).stream().map(Base64.getDecoder()::decode).toList();
        return new DeidKeys(keys.get(0), keys.get(1), keys.get(2), keys.get(3), Boolean.parseBoolean(parts.get(4)));
    }

    /** The keys as text, to be kept with the job. It is as secret as they are. */
    public String text() {
        return Stream.of(dateShift, cryptoHash, encrypt, perturb)
                .map(Base64.getEncoder()::encodeToString)
                .collect(Collectors.joining(".", "", "." + likeMicrosoft));
    }

    /** Nothing of the keys. */
    @Override
    public String toString() {
        return "DeidKeys";
    }
}
