package dev.sluice.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Authenticates clients by their assertions. Each assertion is accepted once.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html">SMART, asymmetric
 *     authentication</a>
 */
@Component
@InSmartMode
class ClientAssertions {
    /** How far {@code exp} may be in the future. */
    private static final Duration LONGEST_LIFETIME = Duration.ofMinutes(5);

    /** How far the clocks of a client and of the database may differ. Clients round to seconds, too. */
    private static final Duration SKEW = Duration.ofSeconds(10);

    private static final Set<String> TYPES = Set.of("JWT", "CLIENT-AUTHENTICATION+JWT");

    /** One sentence for all, since another would tell a stranger which clients there are. */
    private static final String UNKNOWN = "The client is not registered or not enabled, or the assertion is not signed"
            + " with the one key that its kid names among the keys of the client.";

    private final ClientRegistry clients;
    private final ClientKeys keys;
    private final UsedAssertionRepository used;
    private final Clock clock;

    ClientAssertions(ClientRegistry clients, ClientKeys keys, UsedAssertionRepository used, Clock clock) {
        this.clients = clients;
        this.keys = keys;
        this.used = used;
        this.clock = clock;
    }

    /**
     * The client that has sent an assertion.
     *
     * @param tokenUrl the only audience that the assertion may have
     * @throws TokenRefusedException if it is not authenticated
     */
    RegisteredClient authenticate(PrivateKeyJWT sent, String tokenUrl) {
        SignedJWT assertion = sent.getClientAssertion();
        JWTClaimsSet claims = claims(assertion);
        checkHeader(assertion.getHeader());
        Instant expires = checkClaims(claims, tokenUrl);
        RegisteredClient client = clients.find(claims.getSubject()).orElseThrow(() -> refused(UNKNOWN));
        JWK key = keys.find(client, assertion.getHeader()).orElseThrow(() -> refused(UNKNOWN));
        if (!isSigned(assertion, key)) {
            throw refused(UNKNOWN);
        }
        if (used.use(id(claims), expires.plus(SKEW)) == 0) {
            throw refused("An assertion with this jti was used before. Make a new one for each request.");
        }
        return client;
    }

    private static JWTClaimsSet claims(SignedJWT assertion) {
        try {
            return assertion.getJWTClaimsSet();
        } catch (ParseException e) {
            throw refused("The claims of the assertion cannot be read.");
        }
    }

    private static void checkHeader(JWSHeader header) {
        JOSEObjectType type = header.getType();
        if (type != null && !TYPES.contains(type.getType().toUpperCase(Locale.ROOT))) {
            throw refused("The typ of the assertion is not JWT.");
        }
        if (!KeySets.ALGORITHMS.containsKey(header.getAlgorithm())) {
            throw refused("The alg of the assertion is neither RS384 nor ES384.");
        }
        if (header.getKeyID() == null) {
            throw refused("The header of the assertion has no kid.");
        }
    }

    /** Checks what needs no key, and returns when the assertion expires. */
    private Instant checkClaims(JWTClaimsSet claims, String tokenUrl) {
        Instant now = clock.instant();
        Instant expires = instant(claims.getExpirationTime());
        Instant begins = instant(claims.getNotBeforeTime());
        if (claims.getSubject() == null || !claims.getSubject().equals(claims.getIssuer())) {
            throw refused("The iss and the sub of the assertion are not the same client id.");
        }
        if (!claims.getAudience().equals(List.of(tokenUrl))) {
            throw refused("The aud of the assertion is not the token URL of this server.");
        }
        if (expires == null || !expires.isAfter(now.minus(SKEW))) {
            throw refused("The assertion has expired, or has no exp.");
        }
        if (expires.isAfter(now.plus(LONGEST_LIFETIME).plus(SKEW))) {
            throw refused("The exp of the assertion is more than " + LONGEST_LIFETIME.toSeconds()
                    + " seconds in the future.");
        }
        if (begins != null && begins.isAfter(now.plus(SKEW))) {
            throw refused("The nbf of the assertion is in the future.");
        }
        if (claims.getJWTID() == null || claims.getJWTID().isEmpty()) {
            throw refused("The assertion has no jti.");
        }
        return expires;
    }

    private static @Nullable Instant instant(@Nullable Date date) {
        return date == null ? null : date.toInstant();
    }

    private static boolean isSigned(SignedJWT assertion, JWK key) {
        try {
            return key instanceof AsymmetricJWK asymmetric
                    && assertion.verify(new DefaultJWSVerifierFactory()
                            .createJWSVerifier(assertion.getHeader(), asymmetric.toPublicKey()));
        } catch (JOSEException e) {
            return false;
        }
    }

    /** A jti is any text, and only unique to its client. */
    private static String id(JWTClaimsSet claims) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(hash.digest(claims.getSubject().getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(hash.digest(claims.getJWTID().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TokenRefusedException refused(String description) {
        return new TokenRefusedException(OAuth2Error.INVALID_CLIENT, description);
    }

    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void removeExpired() {
        used.removeExpired();
    }
}
