package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.StubServer.answer;
import static dev.sluice.bulkclient.StubServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a client gets tokens by SMART Backend Services. */
class BackendServiceTokensTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-29T15:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private StubServer server;

    @BeforeEach
    void start() throws IOException {
        server = StubServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void refusedTokenIsReplacedOnce() throws IOException {
        server.on("/data", answer(401, ""), answer(200, "x"));
        smart("300");

        assertThat(status("/data", tokens(rsa(), null))).isEqualTo(200);
        assertThat(server.requests("/data"))
                .extracting(each -> each.header("Authorization"))
                .containsExactly("Bearer token-1", "Bearer token-2");

        server.on("/closed", answer(401, ""));
        assertThat(status("/closed", tokens(rsa(), null))).isEqualTo(401);
        assertThat(server.requests("/closed")).hasSize(2);
    }

    @Test
    void tokenIsReplacedBeforeItExpires() throws IOException {
        smart("0");
        TokenProvider tokens = tokens(rsa(), null);

        assertThat(tokens.token()).contains("token-1");
        assertThat(tokens.token()).contains("token-2");

        smart("3600");
        TokenProvider lasting = tokens(rsa(), null);
        assertThat(lasting.token()).isEqualTo(lasting.token());
    }

    @Test
    void assertionIsWhatSmartRequires() throws Exception {
        smart("300");
        for (JWK key :
                new JWK[] {rsa(), new ECKeyGenerator(Curve.P_384).keyID("k").generate()}) {
            tokens(key, null).token();

            Map<String, String> form = form();
            SignedJWT assertion = SignedJWT.parse(form.get("client_assertion"));
            assertThat(form)
                    .containsEntry("grant_type", "client_credentials")
                    .containsEntry("scope", "system/*.read")
                    .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            assertThat(assertion.getHeader().getAlgorithm().getName())
                    .isEqualTo(key.getKeyType().getValue().equals("RSA") ? "RS384" : "ES384");
            assertThat(assertion.getHeader().getKeyID()).isEqualTo("k");
            assertThat(assertion.getJWTClaimsSet().getIssuer()).isEqualTo("lake");
            assertThat(assertion.getJWTClaimsSet().getSubject()).isEqualTo("lake");
            assertThat(assertion.getJWTClaimsSet().getAudience()).containsExactly(server.url("/token"));
            assertThat(assertion.getJWTClaimsSet().getJWTID()).isNotBlank();
        }
    }

    @Test
    void clockOfTheServerCountsForTheAssertion() throws Exception {
        smart("300");

        tokens(rsa(), null).token();

        Instant expiry = SignedJWT.parse(form().get("client_assertion"))
                .getJWTClaimsSet()
                .getExpirationTime()
                .toInstant();
        assertThat(Duration.between(Clock.systemUTC().instant(), expiry))
                .as("the clock of the client is fixed")
                .isBetween(Duration.ofMinutes(3), Duration.ofMinutes(5));
    }

    @Test
    void namedScopeAndTokenUrlNeedNoDiscovery() throws Exception {
        smart("300");

        tokens(rsa(), "system/Patient.rs", server.url("/token")).token();

        assertThat(form()).containsEntry("scope", "system/Patient.rs");
        assertThat(server.requests("/fhir/.well-known/smart-configuration")).isEmpty();
    }

    @Test
    void refusedClientIsTold() throws Exception {
        smart("300");
        server.on("/token", json(400, "{\"error\":\"invalid_client\",\"error_description\":\"unknown key\"}"));

        assertThatThrownBy(() -> tokens(rsa(), null).token())
                .hasMessageContaining("client 'lake'")
                .hasMessageContaining("HTTP 400: unknown key.");

        server.on("/fhir/.well-known/smart-configuration", json(200, "{}"));
        assertThatThrownBy(() -> tokens(rsa(), null).token()).hasMessageContaining("names no token_endpoint");
    }

    @Test
    void keyFilesThatAreOfNoUseAreTold() throws Exception {
        assertThatThrownBy(() -> ClientKey.read(folder.resolve("none"))).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> ClientKey.read(file("secret")))
                .hasMessageContaining("is not a JWK")
                .hasMessageNotContaining("secret\"");
        assertThatThrownBy(() -> ClientKey.read(file(rsa().toPublicJWK().toJSONString())))
                .hasMessageContaining("has 0 private keys");
        assertThatThrownBy(() -> ClientKey.read(
                        file(new ECKeyGenerator(Curve.P_256).generate().toJSONString())))
                .hasMessageContaining("P-384");
        ClientKey.read(file(new JWKSet(rsa()).toString(false)));
    }

    @Test
    void assertionIsNotSentOverPlainHttp() {
        assertThatThrownBy(() -> tokens(rsa(), "x", "http://192.0.2.1/token").token())
                .hasMessageContaining("the assertion of the client is not sent over http");
    }

    private int status(String path, TokenProvider tokens) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url(path))).build();
        try (ServerAnswer answer = new ServerSession(server.url("/fhir"), tokens).send(request, true)) {
            return answer.status();
        }
    }

    /** A token endpoint whose tokens are token-1, token-2 and so on, of a server of SMART 1. */
    private void smart(String lifetime) {
        server.on(
                "/fhir/.well-known/smart-configuration",
                json(200, "{\"token_endpoint\":\"" + server.url("/token") + "\",\"capabilities\":[]}"));
        server.on(
                "/token",
                (exchange, body) -> json(
                                200,
                                "{\"access_token\":\"token-"
                                        + server.requests("/token").size() + "\",\"expires_in\":" + lifetime + "}")
                        .send(exchange, body));
        server.requests().clear();
    }

    private Map<String, String> form() {
        String body = server.requests("/token")
                .get(server.requests("/token").size() - 1)
                .body();
        return Arrays.stream(body.split("&", -1))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private TokenProvider tokens(JWK key, @Nullable String scope) throws IOException {
        return tokens(key, scope, null);
    }

    private TokenProvider tokens(JWK key, @Nullable String scope, @Nullable String tokenUrl) throws IOException {
        return new BackendServiceTokens(
                server.url("/fhir"),
                new BackendServiceTokens.Registration(
                        "lake", ClientKey.read(file(key.toJSONString())), tokenUrl, scope),
                CLOCK);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("key.json"), text);
    }

    private static JWK rsa() {
        try {
            return new RSAKeyGenerator(2048).keyID("k").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
