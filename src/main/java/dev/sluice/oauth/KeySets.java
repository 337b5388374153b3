package dev.sluice.oauth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads sets of the public keys of clients, and finds the key of a signature in one. */
final class KeySets {
    /** How clients may sign, and the type of the key for it. These are the algorithms that SMART requires. */
    static final Map<JWSAlgorithm, KeyType> ALGORITHMS =
            Map.of(JWSAlgorithm.RS384, KeyType.RSA, JWSAlgorithm.ES384, KeyType.EC);

    private static final int SMALLEST_RSA = 2048;

    /** The time for a verification grows with the size. */
    private static final int LARGEST_RSA = 8192;

    /** What a set without a usable key has, for a sentence. */
    static final String NO_KEY = "no key for RS384 (RSA of " + SMALLEST_RSA + " to " + LARGEST_RSA
            + " bits) or ES384 (EC, P-384) with a kid";

    private KeySets() {}

    /**
     * Reads the keys that an operator registers.
     *
     * @param where what names them in a sentence
     * @throws IllegalArgumentException with a sentence
     */
    static JWKSet register(String where, String json) {
        JWKSet keys;
        try {
            keys = JWKSet.parse(json);
        } catch (ParseException e) {
            throw new IllegalArgumentException(where + " is no JWKS: " + e.getMessage()
                    + ". It must be an object such as {\"keys\": [{\"kty\": \"RSA\", \"kid\": …}]}");
        }
        if (keys.getKeys().stream().anyMatch(JWK::isPrivate)) {
            throw new IllegalArgumentException(
                    where + " has a private key. Only its client may know that; register the public keys");
        }
        if (!hasUsable(keys)) {
            throw new IllegalArgumentException(where + " has " + NO_KEY);
        }
        return keys;
    }

    /** Whether a client with these keys can sign. */
    static boolean hasUsable(JWKSet keys) {
        return keys.getKeys().stream().anyMatch(key -> isUsable(key) && key.getKeyID() != null);
    }

    /** The one key of a set that a header means: by its id and by the type that its algorithm needs. Two are none. */
    static Optional<JWK> find(JWKSet keys, JWSHeader header) {
        List<JWK> found = keys.getKeys().stream()
                .filter(key -> key.getKeyID() != null && key.getKeyID().equals(header.getKeyID()))
                .filter(key -> key.getKeyType().equals(ALGORITHMS.get(header.getAlgorithm())))
                .toList();
        return found.size() == 1 && isUsable(found.get(0)) ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static boolean isUsable(JWK key) {
        boolean signs = (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (key.getAlgorithm() == null
                        || key.getKeyType()
                                .equals(ALGORITHMS.get(
                                        JWSAlgorithm.parse(key.getAlgorithm().getName()))));
        if (key instanceof RSAKey rsa) {
            return signs && rsa.size() >= SMALLEST_RSA && rsa.size() <= LARGEST_RSA;
        }
        return signs && key instanceof ECKey ec && ec.getCurve().equals(Curve.P_384);
    }
}
