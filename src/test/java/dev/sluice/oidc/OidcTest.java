package dev.sluice.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@IntegrationTest
class OidcTest {
    private static MockProvider provider;
    private static SluiceServer server;

    @BeforeAll
    static void start() throws IOException {
        provider = new MockProvider();
        server = serverFor(provider.issuer());
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    static SluiceServer serverFor(String issuer, String... more) {
        return SluiceServer.start(Stream.concat(
                        Stream.of(
                                "--sluice.security.mode=oidc",
                                "--sluice.security.allow-http=true",
                                "--sluice.security.oidc.issuers=" + issuer,
                                "--sluice.security.oidc.audiences=api://sluice"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void aProgramWithARoleIsLetIn() {
        assertThat(kickOff(provider.token("etl", "globalExporter")).statusCode())
                .isEqualTo(202);
        assertThat(kickOff(provider.token("etl", "system/Patient.rs")).statusCode())
                .isEqualTo(202);
        assertThat(kickOff(sign(provider.program("etl").claim("scope", "openid system/*.read")))
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void aRoleAllowsOnlyWhatItSays() {
        assertThat(kickOff(provider.token("etl")).statusCode()).isEqualTo(403);
        assertThat(kickOff(provider.token("etl", "globalReader", "globalWriter", "globalImporter"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(kickOff(provider.token("etl", "GLOBALEXPORTER", "globalExporter "))
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.get(server.root() + "/actuator/prometheus", bearer(provider.token("etl", "globalExporter")))
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.get(server.root() + "/actuator/prometheus", bearer(provider.token("etl", "globalAdmin")))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void withoutATokenOnlyWhatIsPublicIsServed() {
        for (String path : List.of("/metadata", "/OperationDefinition/export")) {
            assertThat(server.get(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(server.get(server.root() + "/actuator/health/liveness").statusCode())
                .isEqualTo(200);
        for (String path : List.of("/$export", "/Patient/p1", "/Group", "/_operations/export/x", "/nothing")) {
            HttpResponse<String> refusal = server.get(path);
            assertThat(refusal.statusCode()).as(path).isEqualTo(401);
            assertThat(refusal.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
            assertThat(refusal.body()).contains("OperationOutcome").contains("no access token");
        }
        assertThat(server.get(server.root() + "/actuator/prometheus").statusCode())
                .isEqualTo(401);
    }

    static Stream<Arguments> attacks() throws JOSEException {
        RSAKey foreign = MockProvider.newKey("one");
        JWTClaimsSet good = good().build();
        return Stream.of(
                Arguments.of("a key of a stranger with the same kid", MockProvider.sign(good, foreign)),
                Arguments.of("no signature", new PlainJWT(good).serialize()),
                Arguments.of(
                        "the public key as a secret",
                        MockProvider.sign(
                                good,
                                new JWSHeader.Builder(JWSAlgorithm.HS256)
                                        .keyID("one")
                                        .build(),
                                new MACSigner(
                                        provider.key.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8)))),
                Arguments.of("expired", sign(good().expirationTime(MockProvider.in(-60)))),
                Arguments.of("without an end", sign(good().expirationTime(null))),
                Arguments.of("not valid yet", sign(good().notBeforeTime(MockProvider.in(90)))),
                Arguments.of("another issuer", sign(good().issuer("https://evil.example"))),
                Arguments.of("no issuer", sign(good().issuer(null))),
                Arguments.of("for another server", sign(good().audience("api://other"))),
                Arguments.of("for nobody", sign(good().audience((String) null))),
                Arguments.of("of a person, by Entra", sign(good().claim("scp", "system.all.read"))),
                Arguments.of("of a person, by idtyp", sign(good().claim("idtyp", "user"))),
                Arguments.of(
                        "of a person, by Keycloak", sign(good().subject("u1").claim("preferred_username", "alice"))),
                Arguments.of(
                        "of a person named like a service account",
                        sign(good().subject("u1").claim("preferred_username", "service-account-other"))),
                Arguments.of("bound to a key of its sender", sign(good().claim("cnf", Map.of("jkt", "x")))),
                Arguments.of("an ID token, by its nonce", sign(good().claim("nonce", "n"))),
                Arguments.of("an ID token, by its hash", sign(good().claim("at_hash", "h"))),
                Arguments.of("an ID token, by Keycloak", sign(good().claim("typ", "ID"))),
                Arguments.of(
                        "a NUL in the client", sign(good().claim("azp", "e\0").subject("e\0"))),
                Arguments.of("of nobody", sign(good().claim("azp", null))),
                Arguments.of("nonsense", "abc"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void anInvalidTokenIsRefused(String attack, String token) {
        HttpResponse<String> refusal = kickOff(token);

        assertThat(refusal.statusCode()).as(attack).isEqualTo(401);
        assertThat(refusal.headers().firstValue("WWW-Authenticate").orElse("")).contains("invalid_token");
        assertThat(refusal.body()).contains("OperationOutcome").doesNotContain("evil.example");
        assertThat(server.get("/metadata", bearer(token)).statusCode()).isEqualTo(401);
    }

    @Test
    void aTokenInTheQueryOrInAnotherSchemeDoesNotCount() {
        String token = provider.token("etl", "globalExporter");
        assertThat(server.get("/$export?access_token=" + token, headers()).statusCode())
                .isEqualTo(401);
        assertThat(server.get("/$export", "Authorization", "Basic " + token).statusCode())
                .isEqualTo(401);
    }

    @Test
    void tokensWithUnknownKeysDoNotMakeTheServerAskForEach() {
        kickOff(provider.token("etl", "globalExporter"));
        int before = provider.keyRequests.get();
        for (int i = 0; i < 50; i++) {
            RSAKey unknown =
                    new RSAKey.Builder(provider.key).keyID("unknown" + i).build();
            assertThat(kickOff(MockProvider.sign(good().build(), unknown)).statusCode())
                    .isEqualTo(401);
        }
        assertThat(provider.keyRequests.get() - before).isLessThan(4);
        assertThat(kickOff(provider.token("etl", "globalExporter")).statusCode())
                .isEqualTo(202);
    }

    @Test
    void theServerStartsWithoutItsProviderAndSaysThatItIsAway() throws IOException {
        int port;
        try (MockProvider gone = new MockProvider()) {
            port = gone.port();
        }
        try (SluiceServer alone = serverFor("http://localhost:" + port)) {
            JWTClaimsSet claims = good().issuer("http://localhost:" + port).build();
            String[] token = bearer(MockProvider.sign(claims, provider.key));
            HttpResponse<String> away = alone.get("/Group", token);
            assertThat(away.statusCode()).as(away.body()).isEqualTo(503);
            assertThat(alone.get("/metadata").statusCode()).isEqualTo(200);
            try (MockProvider back = new MockProvider(port)) {
                String valid = back.token("etl", "globalReader");
                await().until(() -> alone.get("/Group", bearer(valid)).statusCode() == 200);
                assertThat(alone.get("/Group", bearer(valid)).statusCode()).isEqualTo(200);
                assertThat(back.keyRequests).hasValue(1);
            }
        }
    }

    @Test
    void peopleAreLetInWhereTheSettingsSaySoByTheirRolesOnly() {
        try (SluiceServer people = serverFor(provider.issuer(), "--sluice.security.oidc.allow-users=true")) {
            JWTClaimsSet.Builder person =
                    provider.program("console").subject("u1").claim("sid", "s1");
            assertThat(people.get("/Group", bearer(sign(person.claim("roles", List.of("globalReader")))))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(people.get(
                                    "/$export",
                                    bearer(sign(person.claim("roles", null).claim("scope", "system/*.rs"))))
                            .statusCode())
                    .isEqualTo(403);
            for (String nobody : new String[] {null, "", " "}) {
                assertThat(people.get("/Group", bearer(sign(person.subject(nobody))))
                                .statusCode())
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void theRolesMayBeInAnotherClaim() {
        try (SluiceServer keycloak =
                serverFor(provider.issuer(), "--sluice.security.oidc.roles-claim=realm_access.roles")) {
            JWTClaimsSet.Builder claims = provider.program("etl")
                    .claim("realm_access", Map.of("roles", List.of("globalReader")))
                    .claim("roles", List.of("globalAdmin"));
            assertThat(keycloak.get("/Group", bearer(sign(claims))).statusCode())
                    .isEqualTo(200);
            assertThat(keycloak.get(keycloak.root() + "/actuator/prometheus", bearer(sign(claims)))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void theServerDoesNotStartWithWhatWouldLetStrangersIn() {
        assertThatThrownBy(() -> serverFor("https://login.microsoftonline.com/common/v2.0"))
                .hasStackTraceContaining("write the id of your own tenant");
        assertThatThrownBy(() -> serverFor("http://idp.example.org")).hasStackTraceContaining("is not https");
        assertThatThrownBy(() -> serverFor(provider.issuer(), "--sluice.security.oidc.audiences="))
                .hasStackTraceContaining("audiences is empty");
        assertThatThrownBy(() -> serverFor(provider.issuer(), "--sluice.security.allow-http=false"))
                .hasStackTraceContaining("sluice.base-url");
        assertThatThrownBy(() -> serverFor(
                        provider.issuer(),
                        "--sluice.security.allow-http=false",
                        "--sluice.base-url=https://fhir.example.org/fhir"))
                .hasStackTraceContaining("needs TLS");
        assertThatThrownBy(() -> serverFor(provider.issuer(), "--server.address=0.0.0.0"))
                .hasStackTraceContaining("allow-http is for tests");
    }

    @Test
    void whatComesWithoutTlsIsRefusedAlsoBehindAProxy() {
        try (SluiceServer proxied = serverFor(
                provider.issuer(),
                "--sluice.security.allow-http=false",
                "--sluice.base-url=https://fhir.example.org/fhir",
                "--sluice.web.trusted-proxies=127.0.0.1/32")) {
            String token = provider.token("etl", "globalReader");
            assertThat(proxied.get("/Group", bearer(token)).statusCode()).isEqualTo(403);
            assertThat(proxied.get("/metadata").statusCode()).isEqualTo(403);
            assertThat(proxied.get(proxied.root() + "/actuator/health/liveness").statusCode())
                    .isEqualTo(200);
            assertThat(proxied.get("/Group", "Authorization", "Bearer " + token, "X-Forwarded-Proto", "https")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static JWTClaimsSet.Builder good() {
        return provider.program("etl").claim("roles", List.of("globalExporter"));
    }

    private static String sign(JWTClaimsSet.Builder claims) {
        return MockProvider.sign(claims.build(), provider.key);
    }

    private static HttpResponse<String> kickOff(String token) {
        return server.get("/$export", headers("Authorization", "Bearer " + token));
    }

    static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private static String[] headers(String... more) {
        return Stream.concat(Stream.of("Accept", "application/fhir+json", "Prefer", "respond-async"), Stream.of(more))
                .toArray(String[]::new);
    }
}
