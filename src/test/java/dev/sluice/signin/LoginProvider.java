package dev.sluice.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.lang3.StringUtils;
import org.springframework.web.util.UriComponentsBuilder;

/** An OpenID provider on loopback, with a person who is already known to it. It checks what a strict provider checks. */
public final class LoginProvider implements AutoCloseable {
    /** The id and the secret of the console. */
    public static final String CLIENT = "sluice-console";

    public static final String SECRET = "secret of the console";

    private final HttpServer server;
    private final RSAKey key = newKey();
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final AtomicInteger tokenRequests = new AtomicInteger();
    private volatile Map<String, Object> person = Map.of();
    private volatile Map<String, Object> lies = Map.of();
    private volatile RSAKey signer = key;
    private volatile boolean denies;

    public LoginProvider() throws IOException {
        this(0);
    }

    LoginProvider(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext(
                "/.well-known/openid-configuration", exchange -> answer(exchange, 200, """
                {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",
                 "jwks_uri":"%1$s/keys","end_session_endpoint":"%1$s/logout","subject_types_supported":["public"],
                 "response_types_supported":["code"],"id_token_signing_alg_values_supported":["RS256"]}
                """.formatted(issuer())));
        server.createContext("/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", this::token);
        server.createContext(
                "/logout",
                exchange -> redirect(exchange, query(exchange).getOrDefault("post_logout_redirect_uri", "")));
        server.start();
    }

    public String issuer() {
        return "http://localhost:" + port();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Whoever signs in from now on is this person, without a question. */
    public void knows(String subject, String... roles) {
        person = Map.of("sub", subject, "preferred_username", subject + "@example.org", "roles", List.of(roles));
        lies = Map.of();
        signer = key;
        denies = false;
    }

    /** The ID tokens have other claims than they should. */
    void lies(Map<String, Object> claims) {
        lies = claims;
    }

    /** Somebody else signs the ID tokens. */
    void isReplaced() {
        signer = newKey();
    }

    /** How often the server asked for tokens. */
    int tokenRequests() {
        return tokenRequests.get();
    }

    /** Nobody is let in. */
    void denies() {
        denies = true;
    }

    /** The options of a server whose console uses this provider. */
    public String[] options() {
        return options(issuer());
    }

    static String[] options(String issuer) {
        return new String[] {
            "--sluice.security.mode=smart",
            "--sluice.security.allow-http=true",
            "--sluice.console.oidc.issuer=" + issuer,
            "--sluice.console.oidc.client-id=" + CLIENT,
            "--sluice.console.oidc.client-secret=" + SECRET
        };
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> asked = query(exchange);
        boolean valid = CLIENT.equals(asked.get("client_id"))
                && "code".equals(asked.get("response_type"))
                && "S256".equals(asked.get("code_challenge_method"))
                && asked.keySet().containsAll(List.of("state", "nonce", "code_challenge", "redirect_uri"))
                && List.of(StringUtils.split(asked.getOrDefault("scope", ""), ' '))
                        .contains("openid");
        if (!valid) {
            answer(exchange, 400, "not a valid request: " + asked);
            return;
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, asked);
        redirect(
                exchange,
                UriComponentsBuilder.fromUriString(asked.getOrDefault("redirect_uri", ""))
                        .queryParam(denies ? "error" : "code", denies ? "access_denied" : code)
                        .queryParam("state", "{state}")
                        .encode()
                        .buildAndExpand(asked.get("state"))
                        .toUriString());
    }

    private void token(HttpExchange exchange) throws IOException {
        tokenRequests.incrementAndGet();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> given = parameters(body);
        Map<String, String> asked = Objects.requireNonNullElse(
                codes.remove(String.valueOf(given.get("code"))), Map.of()); // each code is of use once
        String basic = Base64.getEncoder()
                .encodeToString((CLIENT + ":" + SECRET.replace(" ", "+")).getBytes(StandardCharsets.UTF_8));
        boolean valid = !asked.isEmpty()
                && ("Basic " + basic).equals(exchange.getRequestHeaders().getFirst("Authorization"))
                && Objects.equals(asked.get("redirect_uri"), given.get("redirect_uri"))
                && CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier(given.get("code_verifier")))
                        .getValue()
                        .equals(asked.get("code_challenge"));
        answer(
                exchange,
                valid ? 200 : 400,
                valid ? """
                        {"access_token":"a","token_type":"Bearer","expires_in":300,"id_token":"%s"}
                        """.formatted(idToken(asked.getOrDefault("nonce", ""))) : "{\"error\":\"invalid_grant\"}");
    }

    private String idToken(String nonce) {
        Map<String, Object> claims = new HashMap<>(person);
        claims.put("nonce", nonce);
        JWTClaimsSet.Builder token = new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(CLIENT)
                .issueTime(in(0))
                .expirationTime(in(300));
        claims.putAll(lies);
        claims.forEach(token::claim);
        try {
            SignedJWT signed = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(), token.build());
            signed.sign(new RSASSASigner(signer));
            return signed.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static Date in(long seconds) {
        return Date.from(Instant.ofEpochMilli(System.currentTimeMillis()).plusSeconds(seconds));
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("one").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        return parameters(String.valueOf(exchange.getRequestURI().getRawQuery()));
    }

    private static Map<String, String> parameters(String encoded) {
        Map<String, String> all = new HashMap<>();
        for (String each : StringUtils.split(encoded, '&')) {
            String[] pair = each.split("=", 2);
            all.put(pair[0], java.net.URLDecoder.decode(pair.length > 1 ? pair[1] : "", StandardCharsets.UTF_8));
        }
        return all;
    }

    private static void redirect(HttpExchange exchange, String url) throws IOException {
        exchange.getResponseHeaders().set("Location", url);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
