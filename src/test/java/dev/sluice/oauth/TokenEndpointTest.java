package dev.sluice.oauth;

import static dev.sluice.oauth.TokenClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.PlainHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.node.ObjectNode;

/** Who gets a token, and every way to get one without being registered for it. */
@IntegrationTest
class TokenEndpointTest {
    private static final JWK OTHER = TokenClient.rsa("rsa-1");
    private static final TokenClient LAKE = new TokenClient("lake", TokenClient.RSA);
    private static final TokenClient EC = new TokenClient("lake", TokenClient.EC);

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start(TokenClient.options(
                "lake.jwks=" + TokenClient.jwks(TokenClient.RSA, TokenClient.EC),
                "lake.scopes=system/*.rs system/Patient.cud",
                "narrow.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "narrow.scopes=system/Patient.rs",
                "twice.jwks=" + TokenClient.jwks(TokenClient.RSA, OTHER),
                "twice.scopes=system/*.rs"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anAssertionByEitherAlgorithmGetsAToken() {
        for (TokenClient client : List.of(LAKE, EC)) {
            HttpResponse<String> response = client.request(server, "system/*.rs");

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
            ObjectNode token = json(response);
            assertThat(token.path("token_type").asString()).isEqualTo("Bearer");
            assertThat(token.path("expires_in").asInt()).isEqualTo(300);
            assertThat(token.path("scope").asString()).isEqualTo("system/*.rs");
            assertThat(token.has("refresh_token")).isFalse();
        }
    }

    /** The values of a restriction, assertions and tokens are not in the events. */
    @Test
    void tokensAreRecorded() {
        assertThat(LAKE.request(server, "system/Observation.rs?code=1234-5").statusCode())
                .isEqualTo(200);
        assertThat(LAKE.request(server, "system/Nothing.d").statusCode()).isEqualTo(400);

        await().untilAsserted(() -> assertThat(events())
                .anyMatch(event ->
                        event.startsWith("TOKEN_REFUSED 4 " + TokenClient.BASE + " lake 127.0.0.1 POST /oauth/token")));
        assertThat(events())
                .contains("TOKEN_ISSUED 0 " + TokenClient.BASE + " lake 127.0.0.1 lake system/Observation.rs")
                .noneMatch(event -> event.contains("1234-5") || event.contains("eyJ"));
    }

    private static List<String> events() {
        return server.bean(JdbcTemplate.class)
                .queryForList(
                        "select concat_ws(' ', activity, outcome, issuer, client, address, subject, detail)"
                                + " from audit_event",
                        String.class);
    }

    @Test
    void theTokenIsAnAccessTokenOfRfc9068() throws Exception {
        SignedJWT token = SignedJWT.parse(
                json(LAKE.request(server, "system/*.rs")).path("access_token").asString());

        assertThat(token.getHeader().getType().getType()).isEqualTo("at+jwt");
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(TokenClient.BASE);
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly(TokenClient.BASE);
        assertThat(token.getJWTClaimsSet().getClaims())
                .containsEntry("client_id", "lake")
                .containsEntry("sub", "lake")
                .containsEntry("scope", "system/*.rs")
                .containsKeys("jti", "iat", "exp");
    }

    @Test
    void theSameAssertionIsRefusedTheSecondTime() {
        String assertion = LAKE.assertion();

        assertThat(TokenClient.request(server, assertion, "system/*.rs").statusCode())
                .isEqualTo(200);
        refused(assertion, "jti was used before");
    }

    /** The second request has another exp, so another signature. */
    @Test
    void theJtiCountsAndNotTheText() {
        String first = LAKE.assertion(claims -> claims.jwtID("same").expirationTime(in(200)));

        assertThat(TokenClient.request(server, first, "system/*.rs").statusCode())
                .isEqualTo(200);
        refused(LAKE.assertion(claims -> claims.jwtID("same").expirationTime(in(201))), "jti was used before");
    }

    @Test
    void claimsOutsideTheRulesAreRefused() {
        refused(LAKE.assertion(claims -> claims.expirationTime(in(-60))), "expired");
        refused(LAKE.assertion(claims -> claims.expirationTime(null)), "");
        refused(LAKE.assertion(claims -> claims.expirationTime(in(330))), "300 seconds");
        refused(LAKE.assertion(claims -> claims.expirationTime(in(3600))), "300 seconds");
        refused(LAKE.assertion(claims -> claims.notBeforeTime(in(100))), "nbf");
        refused(LAKE.assertion(claims -> claims.jwtID(null)), "jti");
        refused(LAKE.assertion(claims -> claims.jwtID("")), "");
        refused(LAKE.assertion(claims -> claims.audience(TokenClient.BASE)), "token URL");
        refused(LAKE.assertion(claims -> claims.audience("https://other.example.org/oauth/token")), "token URL");
        refused(
                LAKE.assertion(claims -> claims.audience(List.of(TokenClient.TOKEN_URL, "https://other.example.org"))),
                "token URL");
        refused(LAKE.assertion(claims -> claims.audience((String) null)), "");
        refused(LAKE.assertion(claims -> claims.issuer("narrow")), "");
        refused(LAKE.assertion(claims -> claims.subject("narrow")), "");
        refused(LAKE.assertion(claims -> claims.issuer(null)), "");
    }

    /** SMART's own client rounds up to 300.5 seconds. */
    @Test
    void clocksMayDifferByAFewSeconds() {
        for (int seconds : List.of(305, -5)) {
            HttpResponse<String> response = TokenClient.request(
                    server, LAKE.assertion(claims -> claims.expirationTime(in(seconds))), "system/*.rs");

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }

    @Test
    void signaturesOfOthersAreRefused() throws Exception {
        String unknown = "not signed with the one key";
        refused(new TokenClient("lake", OTHER).assertion(), unknown);
        refused(new TokenClient("lake", TokenClient.ec("ec-1")).assertion(), unknown);
        refused(new TokenClient("nobody", TokenClient.RSA).assertion(), unknown);
        refused(new TokenClient("no\0body", TokenClient.RSA).assertion(), unknown);
        refused(new TokenClient("twice", TokenClient.RSA).assertion(), unknown);
        refused(LAKE.assertion().replaceFirst("\\.[^.]*$", ".") + "AAAA", unknown);
        refused(EC.assertion().replaceFirst("\\.[^.]*$", ".") + zeros(96), unknown);
        List<String> parts = parts(LAKE.assertion());
        String claims = parts(new PlainJWT(new JWTClaimsSet.Builder()
                                .issuer("narrow")
                                .subject("narrow")
                                .audience(TokenClient.TOKEN_URL)
                                .expirationTime(in(100))
                                .jwtID("1")
                                .build())
                        .serialize())
                .get(1);
        refused(parts.get(0) + "." + claims + "." + parts.get(2), unknown);
    }

    private static List<String> parts(String token) {
        return List.of(token.split("\\.", -1));
    }

    private static String zeros(int bytes) {
        return com.nimbusds.jose.util.Base64URL.encode(new byte[bytes]).toString();
    }

    @Test
    void noOtherAlgorithmIsAccepted() throws Exception {
        JWTClaimsSet claims = SignedJWT.parse(LAKE.assertion()).getJWTClaimsSet();
        refused(new PlainJWT(new PlainHeader.Builder().type(JOSEObjectType.JWT).build(), claims).serialize(), "");
        for (String secret : List.of(
                TokenClient.RSA.toPublicJWK().toJSONString(),
                TokenClient.RSA.toRSAKey().toRSAPublicKey().toString(),
                new String(TokenClient.RSA.toRSAKey().toRSAPublicKey().getEncoded(), StandardCharsets.ISO_8859_1))) {
            for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384)) {
                SignedJWT mac = new SignedJWT(
                        new JWSHeader.Builder(algorithm).keyID("rsa-1").build(), claims);
                mac.sign(new MACSigner(secret.getBytes(StandardCharsets.ISO_8859_1)));
                refused(mac.serialize(), "");
            }
        }
        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.RS256, JWSAlgorithm.RS512, JWSAlgorithm.PS384)) {
            refused(signed(new JWSHeader.Builder(algorithm).keyID("rsa-1").build(), claims), "neither RS384 nor ES384");
        }
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims) throws Exception {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(new com.nimbusds.jose.crypto.RSASSASigner(TokenClient.RSA.toRSAKey()));
        return jwt.serialize();
    }

    /** The name of a key is only looked up among the keys of the client, and of the type that the algorithm needs. */
    @Test
    void headersChooseNoOtherKey() {
        String unknown = "not signed with the one key";
        refused(LAKE.assertion(claims -> {}, header -> header.keyID("ec-1")), unknown);
        refused(LAKE.assertion(claims -> {}, header -> header.keyID("rsa-2")), unknown);
        refused(LAKE.assertion(claims -> {}, header -> header.keyID(null)), "no kid");
        refused(LAKE.assertion(claims -> {}, header -> header.keyID("../rsa-1")), unknown);
        refused(
                LAKE.assertion(
                        claims -> {}, header -> header.jwkURL(URI.create("https://attacker.example.org/jwks.json"))),
                unknown);
        refused(
                new TokenClient("lake", OTHER).assertion(claims -> {}, header -> header.jwk(OTHER.toPublicJWK())),
                unknown);
        refused(LAKE.assertion(claims -> {}, header -> header.type(new JOSEObjectType("at+jwt"))), "typ");
        refused(
                LAKE.assertion(
                        claims -> {},
                        header -> header.criticalParams(Set.of("exp")).customParam("exp", 1)),
                "");
    }

    /** An access token is signed by the server, and its client can read it. */
    @Test
    void anAccessTokenIsNoAssertion() {
        refused(json(LAKE.request(server, "system/*.rs")).path("access_token").asString(), "");
    }

    @Test
    void aWideRequestOfANarrowClientIsNarrowed() {
        TokenClient narrow = new TokenClient("narrow", TokenClient.RSA);

        assertThat(json(narrow.request(server, "system/*.read system/Observation.rs"))
                        .path("scope")
                        .asString())
                .isEqualTo("system/Patient.rs");
    }

    @Test
    void ifNothingIsGrantedTheScopeIsInvalid() {
        for (String requested : List.of("", "system/NotAResource.rs", "system/Observation.c", "sluice/admin")) {
            HttpResponse<String> response = LAKE.request(server, requested);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(json(response).path("error").asString()).isEqualTo("invalid_scope");
        }
    }

    private static Date in(int seconds) {
        return Date.from(TokenClient.now().plusSeconds(seconds));
    }

    private static void refused(String assertion, String description) {
        HttpResponse<String> response = TokenClient.request(server, assertion, "system/*.rs");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").asString()).isEqualTo("invalid_client");
        assertThat(json(response).path("error_description").asString()).contains(description);
    }
}
