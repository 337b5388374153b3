package dev.sluice.bulkclient;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;

/**
 * The private key of a client of SMART Backend Services.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html">SMART, asymmetric
 *     authentication</a>
 */
public final class ClientKey {
    private final JWK key;
    private final JWSAlgorithm algorithm;

    private ClientKey(JWK key, JWSAlgorithm algorithm) {
        this.key = key;
        this.algorithm = algorithm;
    }

    /** Reads a private key from a file with a JWK, or with a set of JWKs of which exactly one is a private key. */
    public static ClientKey read(Path file) {
        List<JWK> keys;
        try {
            keys = parse(Files.readString(file)).stream()
                    .filter(key -> key instanceof AsymmetricJWK && key.isPrivate())
                    .toList();
        } catch (IOException e) {
            throw BulkClientException.failed("The key file " + file + " cannot be read: " + e.getMessage() + ".");
        } catch (ParseException e) {
            // The message of the parser could quote the key.
            throw BulkClientException.failed(
                    "The key file " + file + " is not a JWK and not a set of JWKs; both are JSON.");
        }
        if (keys.size() != 1) {
            throw BulkClientException.failed(
                    "The key file " + file + " has " + keys.size() + " private keys; it must have one.");
        }
        return new ClientKey(keys.get(0), algorithm(keys.get(0), file));
    }

    /** A signed JWT with these claims. */
    String sign(JWTClaimsSet claims) {
        JWSHeader header = new JWSHeader.Builder(algorithm)
                .type(JOSEObjectType.JWT)
                .keyID(key.getKeyID())
                .build();
        SignedJWT assertion = new SignedJWT(header, claims);
        try {
            assertion.sign(new DefaultJWSSignerFactory().createJWSSigner(key, algorithm));
        } catch (JOSEException e) {
            throw BulkClientException.failed("The key cannot sign by " + algorithm + ": " + e.getMessage() + ".");
        }
        return assertion.serialize();
    }

    private static List<JWK> parse(String text) throws ParseException {
        return text.contains("\"keys\"") ? JWKSet.parse(text).getKeys() : List.of(JWK.parse(text));
    }

    /** The two algorithms that every server of SMART supports, unless the key names another one. */
    private static JWSAlgorithm algorithm(JWK key, Path file) {
        if (key.getAlgorithm() != null) {
            return JWSAlgorithm.parse(key.getAlgorithm().getName());
        }
        if (key.getKeyType().equals(KeyType.RSA)) {
            return JWSAlgorithm.RS384;
        }
        if (key instanceof ECKey curve && curve.getCurve().equals(Curve.P_384)) {
            return JWSAlgorithm.ES384;
        }
        throw BulkClientException.failed("The key in " + file
                + " is neither an RSA key nor one of the curve P-384; SMART requires RS384 or ES384.");
    }
}
