package dev.sluice.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Issues and verifies the access tokens of this server.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9068">RFC 9068</a>
 */
@Component
@InSmartMode
class AccessTokens {
    static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

    /** A token has up to 6 KB. */
    private static final int MOST_SIGNED = 1000;

    private final TokenKeys keys;
    private final ClientRegistry clients;
    private final Clock clock;
    private final Audit audit;

    /** The signatures of these tokens were verified. Clients send a token many times. */
    private final Cache<String, SignedToken> signed = Caffeine.newBuilder()
            .maximumSize(MOST_SIGNED)
            .expireAfterWrite(LIFETIME)
            .build();

    AccessTokens(TokenKeys keys, ClientRegistry clients, Clock clock, Audit audit) {
        this.keys = keys;
        this.clients = clients;
        this.clock = clock;
        this.audit = audit;
    }

    /** Records that a token is issued. The restriction of a scope has values of a search. */
    void recordIssued(HttpServletRequest request, RegisteredClient client, List<String> scopes) {
        List<String> types = scopes.stream()
                .map(scope -> scope.split("\\?", 2)[0])
                .distinct()
                .toList();
        audit.record(request, Act.of(Activity.TOKEN_ISSUED, client.id()).with(String.join(" ", types)));
    }

    /** @param base the FHIR base of this server: the issuer, and the only audience */
    String issue(String base, RegisteredClient client, List<String> scopes) {
        RSAKey key = keys.current();
        Instant now = clock.instant();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(base)
                .audience(base)
                .subject(client.id())
                .claim("client_id", client.id())
                .claim("scope", String.join(" ", scopes))
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(LIFETIME)))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(TokenKeys.ALGORITHM)
                        .type(TYPE)
                        .keyID(key.getKeyID())
                        .build(),
                claims);
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("The access token cannot be signed", e);
        }
        return token.serialize();
    }

    /**
     * The caller that a token belongs to, with what it may do now: its registration may have changed since the token was
     * issued. Empty if the token is not valid, or its client is not enabled any more.
     */
    Optional<Caller> verify(String token, String base) {
        return Optional.ofNullable(signed.getIfPresent(token))
                .or(() -> read(token))
                .filter(known -> isGood(known, base))
                .flatMap(known ->
                        clients.findOfToken(known.claims().getSubject()).map(client -> known.caller(client, base)));
    }

    /** Only what is signed is kept: whoever sends other texts fills no memory. */
    private Optional<SignedToken> read(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!isSigned(jwt)) {
                return Optional.empty();
            }
            SignedToken known = new SignedToken(jwt.getHeader().getKeyID(), jwt.getJWTClaimsSet());
            signed.put(token, known);
            return Optional.of(known);
        } catch (ParseException | JOSEException e) {
            return Optional.empty();
        }
    }

    private boolean isSigned(SignedJWT jwt) throws JOSEException {
        JWSHeader header = jwt.getHeader();
        if (!TYPE.equals(header.getType())
                || !TokenKeys.ALGORITHM.equals(header.getAlgorithm())
                || header.getKeyID() == null) {
            return false;
        }
        Optional<RSAKey> key = keys.find(header.getKeyID());
        return key.isPresent() && jwt.verify(new RSASSAVerifier(key.get().toRSAPublicKey()));
    }

    private boolean isGood(SignedToken token, String base) {
        JWTClaimsSet claims = token.claims();
        Date expires = claims.getExpirationTime();
        return base.equals(claims.getIssuer())
                && claims.getAudience().equals(List.of(base))
                && claims.getSubject() != null
                && expires != null
                && clock.instant().isBefore(expires.toInstant())
                && keys.find(token.key()).isPresent();
    }
}
