package dev.sluice.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.util.StringUtils;
import org.springframework.web.util.WebUtils;

/**
 * Keeps what a sign-in has begun with until the provider sends the browser back: in a cookie, encrypted with a key that only
 * this process has. So strangers who begin sign-ins use no memory. Each is of use once. Safe for use by any number of threads.
 */
final class PendingSignIns implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {
    /** People type passwords and codes meanwhile. */
    private static final Duration VALID = Duration.ofMinutes(15);

    private static final int KEY_BYTES = 32;
    private static final String URI = "uri";
    private static final String CLIENT = "client";
    private static final String REDIRECT = "redirect";
    private static final String SCOPES = "scopes";
    private static final String STATE = "state";
    private static final String ATTRIBUTES = "attributes";
    private static final String UNTIL = "until";

    /** Each has some hundred bytes. */
    private static final int MOST_USED = 50_000;

    /** The states of sign-ins that have ended, until they are no longer valid: each leads to the provider once. */
    private final Cache<String, Boolean> used =
            Caffeine.newBuilder().maximumSize(MOST_USED).expireAfterWrite(VALID).build();

    private final byte[] key = new byte[KEY_BYTES];
    private final boolean secure;

    PendingSignIns(boolean secure) {
        this.secure = secure;
        new SecureRandom().nextBytes(key);
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        Cookie cookie = WebUtils.getCookie(request, name());
        String state = request.getParameter(STATE);
        return cookie == null || state == null
                ? null
                : decrypt(cookie.getValue())
                        .filter(begun -> state.equals(begun.getState()))
                        .orElse(null);
    }

    @Override
    public void saveAuthorizationRequest(
            @Nullable OAuth2AuthorizationRequest begun, HttpServletRequest request, HttpServletResponse response) {
        if (begun != null) {
            send(response, encrypt(begun), VALID);
        }
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
            HttpServletRequest request, HttpServletResponse response) {
        OAuth2AuthorizationRequest begun = loadAuthorizationRequest(request);
        if (begun != null && used.asMap().putIfAbsent(begun.getState(), true) != null) {
            return null;
        }
        if (begun != null) {
            send(response, "", Duration.ZERO);
            NextPage.attach(begun, request);
        }
        return begun;
    }

    private void send(HttpServletResponse response, String value, Duration time) {
        ResponseCookie cookie = ResponseCookie.from(name(), value)
                .path("/")
                .httpOnly(true)
                .secure(secure)
                .sameSite("Lax") // the provider's page leads here
                .maxAge(time)
                .build();
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
    }

    private String name() {
        return SessionCookie.name(secure) + "-signin";
    }

    private String encrypt(OAuth2AuthorizationRequest begun) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .claim(URI, begun.getAuthorizationUri())
                .claim(CLIENT, begun.getClientId())
                .claim(REDIRECT, begun.getRedirectUri())
                .claim(SCOPES, String.join(" ", begun.getScopes()))
                .claim(STATE, begun.getState())
                .claim(ATTRIBUTES, begun.getAttributes())
                .claim(UNTIL, System.nanoTime() + VALID.toNanos())
                .build();
        EncryptedJWT token = new EncryptedJWT(new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM), claims);
        try {
            token.encrypt(new DirectEncrypter(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("The cookie of a sign-in cannot be encrypted", e);
        }
        return token.serialize();
    }

    private Optional<OAuth2AuthorizationRequest> decrypt(String text) {
        try {
            EncryptedJWT token = EncryptedJWT.parse(text);
            token.decrypt(new DirectDecrypter(key));
            JWTClaimsSet claims = token.getJWTClaimsSet();
            if (claims.getLongClaim(UNTIL) - System.nanoTime() < 0) {
                return Optional.empty();
            }
            Map<String, Object> attributes = new LinkedHashMap<>(claims.getJSONObjectClaim(ATTRIBUTES));
            return Optional.of(OAuth2AuthorizationRequest.authorizationCode()
                    .authorizationUri(claims.getStringClaim(URI))
                    .clientId(claims.getStringClaim(CLIENT))
                    .redirectUri(claims.getStringClaim(REDIRECT))
                    .scope(StringUtils.delimitedListToStringArray(claims.getStringClaim(SCOPES), " "))
                    .state(claims.getStringClaim(STATE))
                    .attributes(attributes)
                    .build());
        } catch (JOSEException | ParseException | IllegalArgumentException e) {
            return Optional.empty(); // another process has made it, or this one before it was started again
        }
    }
}
