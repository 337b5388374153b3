package dev.sluice.oauth;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.sluice.audit.Actor;
import dev.sluice.security.Access;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.ClientRates;
import dev.sluice.web.TooManyRequestsException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The token endpoint: gives an access token to a client that authenticates by an assertion.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, client credentials</a>
 */
@RestController
@InSmartMode
@Access(Access.Rule.PUBLIC)
class TokenController {
    /** An assertion with a chain of certificates has some kilobytes. */
    private static final int LARGEST_BODY = 64 * 1024;

    /** Requests carry the token in a header, of which Tomcat takes 8 KB together with the others. */
    private static final int LONGEST_TOKEN = 6000;

    private static final String RETRY_AFTER_SECONDS = "10";

    private static final String FAILED = "Too many token requests have failed. Wait before the next one.";

    private final ClientAssertions assertions;
    private final AccessTokens tokens;
    private final TokenRateLimit limit;
    private final ClientRates rates;
    private final BaseUrl base;

    TokenController(
            ClientAssertions assertions, AccessTokens tokens, TokenRateLimit limit, ClientRates rates, BaseUrl base) {
        this.assertions = assertions;
        this.tokens = tokens;
        this.limit = limit;
        this.rates = rates;
        this.base = base;
    }

    /** Every answer is JSON, whatever {@code Accept} says. The filter of all responses adds {@code no-store}. */
    @PostMapping("/oauth/token")
    ResponseEntity<String> token(HttpServletRequest request) throws IOException {
        try {
            if (!limit.tryAddress(request.getRemoteAddr())) {
                throw tooMany(FAILED);
            }
            BearerAccessToken token = issue(request);
            return answer(HttpStatus.OK, HttpHeaders.EMPTY, new AccessTokenResponse(new Tokens(token, null)));
        } catch (TokenRefusedException e) {
            return refusal(request, e);
        }
    }

    private BearerAccessToken issue(HttpServletRequest request) throws IOException {
        Map<String, List<String>> form = form(request);
        if (!List.of(GrantType.CLIENT_CREDENTIALS.getValue()).equals(form.get("grant_type"))) {
            throw form.containsKey("grant_type")
                    ? new TokenRefusedException(
                            OAuth2Error.UNSUPPORTED_GRANT_TYPE, "The grant_type must be client_credentials.")
                    : new TokenRefusedException(OAuth2Error.INVALID_REQUEST, "The parameter grant_type is missing.");
        }
        RegisteredClient client = authenticate(form, request);
        List<String> requested = RegisteredScopes.split(String.join(" ", form.getOrDefault("scope", List.of())));
        List<String> granted = client.scopes().grant(requested);
        if (granted.isEmpty()) {
            throw new TokenRefusedException(
                    OAuth2Error.INVALID_SCOPE,
                    requested.isEmpty()
                            ? "The parameter scope is missing; it names what the token is for, such as system/*.rs."
                            : "None of the requested scopes is within those that the client is registered with.");
        }
        String token = tokens.issue(base.of(request), client, granted);
        if (token.length() > LONGEST_TOKEN) {
            throw new TokenRefusedException(
                    OAuth2Error.INVALID_SCOPE, "A token with so many scopes is too long for a header; ask for fewer.");
        }
        tokens.recordIssued(request, client, granted);
        return new BearerAccessToken(token, AccessTokens.LIFETIME.toSeconds(), Scope.parse(String.join(" ", granted)));
    }

    private RegisteredClient authenticate(Map<String, List<String>> form, HttpServletRequest request) {
        String address = request.getRemoteAddr();
        PrivateKeyJWT assertion = assertion(form);
        String id = assertion.getClientID().getValue();
        if (!limit.tryClient(id, address)) {
            throw tooMany(FAILED);
        }
        RegisteredClient client = assertions.authenticate(assertion, base.tokenUrl(request));
        limit.succeeded(id, address);
        Actor.identify(request, base.of(request), client.id());
        count(client, base.of(request));
        return client;
    }

    /** A token costs a signature and a row: it is a request of the client like others. */
    private void count(RegisteredClient client, String issuer) {
        try {
            rates.requireRequest(client.caller(issuer, List.of()));
        } catch (TooManyRequestsException e) {
            throw tooMany(String.valueOf(e.getBody().getDetail()));
        }
    }

    private static PrivateKeyJWT assertion(Map<String, List<String>> form) {
        try {
            return PrivateKeyJWT.parse(form);
        } catch (ParseException | IllegalArgumentException e) {
            throw new TokenRefusedException(
                    OAuth2Error.INVALID_CLIENT,
                    "The client is not authenticated: client_assertion_type must be "
                            + PrivateKeyJWT.CLIENT_ASSERTION_TYPE
                            + ", and client_assertion must be a JWT that the client has signed by RS384 or ES384, with its"
                            + " id as iss and sub.");
        }
    }

    /** No parameter may come twice (RFC 6749, section 3.2). */
    private static Map<String, List<String>> form(HttpServletRequest request) throws IOException {
        String type = request.getContentType();
        byte[] body = request.getInputStream().readNBytes(LARGEST_BODY + 1);
        if (type == null || !MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(mediaType(type))) {
            throw new TokenRefusedException(
                    OAuth2Error.INVALID_REQUEST, "The Content-Type must be application/x-www-form-urlencoded.");
        }
        if (body.length > LARGEST_BODY) {
            throw new TokenRefusedException(OAuth2Error.INVALID_REQUEST, 413, "The body is too large.");
        }
        Map<String, List<String>> form = URLUtils.parseParameters(new String(body, StandardCharsets.UTF_8));
        if (form.values().stream().anyMatch(values -> values.size() > 1)) {
            throw new TokenRefusedException(OAuth2Error.INVALID_REQUEST, "A parameter is given more than once.");
        }
        return form;
    }

    private static @Nullable MediaType mediaType(String type) {
        try {
            return MediaType.parseMediaType(type);
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }

    private static TokenRefusedException tooMany(String sentence) {
        return new TokenRefusedException(
                OAuth2Error.TEMPORARILY_UNAVAILABLE, HttpStatus.TOO_MANY_REQUESTS.value(), sentence);
    }

    /** A client that uses another way to authenticate is told so in its own terms (RFC 6749, section 5.2). */
    private static ResponseEntity<String> refusal(HttpServletRequest request, TokenRefusedException refused) {
        ErrorObject error = refused.error();
        HttpStatus status = HttpStatus.valueOf(error.getHTTPStatusCode());
        HttpHeaders headers = new HttpHeaders();
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (status == HttpStatus.TOO_MANY_REQUESTS) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        } else if (authorization != null && error.getCode().equals(OAuth2Error.INVALID_CLIENT.getCode())) {
            status = HttpStatus.UNAUTHORIZED;
            headers.set(HttpHeaders.WWW_AUTHENTICATE, authorization.split("[^A-Za-z]", 2)[0] + " realm=\"token\"");
        }
        return answer(status, headers, new TokenErrorResponse(error));
    }

    private static ResponseEntity<String> answer(HttpStatus status, HttpHeaders headers, TokenResponse response) {
        return ResponseEntity.status(status)
                .headers(headers)
                .header("Pragma", "no-cache")
                .contentType(MediaType.APPLICATION_JSON)
                .body(
                        response.indicatesSuccess()
                                ? response.toSuccessResponse().toJSONObject().toJSONString()
                                : response.toErrorResponse().toJSONObject().toJSONString());
    }
}
