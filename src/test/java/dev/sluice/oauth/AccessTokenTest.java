package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Access tokens in two processes on one database. */
@IntegrationTest
class AccessTokenTest {
    private static final TokenClient LAKE = new TokenClient("lake", TokenClient.RSA);
    private static final String SECRET = "0123456789012345678901234567890123456789";
    private static final String READABLE = "/Group";

    @TempDir
    static Path folder;

    private static String url;
    private static SluiceServer one;
    private static SluiceServer other;

    @BeforeAll
    static void start() {
        url = TestDatabase.freshUrl();
        one = start("one");
        other = start("other");
    }

    private static SluiceServer start(String name, String... more) {
        List<String> options = new ArrayList<>(List.of(TokenClient.options(
                "lake.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "lake.scopes=system/*.rs",
                "admin.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "admin.scopes=sluice/admin",
                "--spring.datasource.url=" + url,
                "--sluice.home=" + folder.resolve(name),
                "--sluice.storage.local.root=" + folder.resolve("blobs"),
                "--sluice.security.token-key-secret=" + SECRET)));
        options.addAll(List.of(more));
        return SluiceServer.start(options.toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        TestDatabase.drop(url);
    }

    @Test
    void aTokenIsGoodInEveryProcess() {
        String[] token = LAKE.authorization(one, "system/*.rs");

        assertThat(one.get(READABLE, token).statusCode()).isEqualTo(200);
        assertThat(other.get(READABLE, token).statusCode()).isEqualTo(200);
        assertThat(one.get(READABLE).statusCode()).isEqualTo(401);
        assertThat(one.get(READABLE).headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Bearer");
    }

    @Test
    void anAssertionIsUsedOnceThoughTwoProcessesGetItAtOnce() throws Exception {
        int rounds = 5;
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < rounds; round++) {
                String assertion = LAKE.assertion();
                List<Future<Integer>> answers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    SluiceServer server = i % 2 == 0 ? one : other;
                    answers.add(threads.submit(() -> TokenClient.request(server, assertion, "system/*.rs")
                            .statusCode()));
                }
                List<Integer> statuses = new ArrayList<>();
                for (Future<Integer> answer : answers) {
                    statuses.add(answer.get());
                }
                assertThat(statuses).containsOnlyOnce(200).allMatch(Set.of(200, 400)::contains);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void tokensThatOthersMadeAreRefused() throws Exception {
        SignedJWT good = SignedJWT.parse(LAKE.authorization(one, "system/*.rs")[1].substring("Bearer ".length()));
        RSAKey key = key();
        String id = key.getKeyID();
        JWTClaimsSet claims = good.getJWTClaimsSet();

        accepted(token(key, id, "at+jwt", change -> {}, claims));
        refused(token(TokenClient.RSA.toRSAKey(), id, "at+jwt", change -> {}, claims));
        refused(token(TokenClient.RSA.toRSAKey(), "rsa-1", "at+jwt", change -> {}, claims));
        refused(token(key, "unknown", "at+jwt", change -> {}, claims));
        refused(token(key, null, "at+jwt", change -> {}, claims));
        refused(token(key, id, "JWT", change -> {}, claims));
        refused(token(key, id, "at+jwt", change -> change.issuer("https://other.example.org/fhir"), claims));
        refused(token(key, id, "at+jwt", change -> change.audience("https://other.example.org/fhir"), claims));
        refused(token(key, id, "at+jwt", change -> change.audience((String) null), claims));
        refused(token(key, id, "at+jwt", change -> change.subject("nobody"), claims));
        refused(token(key, id, "at+jwt", change -> change.subject(null), claims));
        Date past = Date.from(TokenClient.now().minusSeconds(1));
        refused(token(key, id, "at+jwt", change -> change.expirationTime(past), claims));
        refused(token(key, id, "at+jwt", change -> change.expirationTime(null), claims));
        refused(new PlainJWT(claims).serialize());
        SignedJWT mac = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(id)
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                claims);
        mac.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
        refused(mac.serialize());
        refused(LAKE.assertion());
        refused("x".repeat(3000));
        refused("..");
    }

    /** As the server reads it from the database. */
    private static RSAKey key() {
        return one.bean(TokenKeys.class).current();
    }

    private static String token(
            RSAKey key, @Nullable String kid, String type, Consumer<JWTClaimsSet.Builder> change, JWTClaimsSet claims)
            throws Exception {
        JWTClaimsSet.Builder changed = new JWTClaimsSet.Builder(claims);
        change.accept(changed);
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(kid)
                        .type(new JOSEObjectType(type))
                        .build(),
                changed.build());
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    private static void accepted(String token) {
        assertThat(one.get(READABLE, "Authorization", "Bearer " + token).statusCode())
                .isEqualTo(200);
    }

    private static void refused(String token) {
        HttpResponse<String> response = one.get(READABLE, "Authorization", "Bearer " + token);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Bearer");
    }

    /** Whatever the claims say, what the client is not registered for is not allowed. */
    @Test
    void aTokenAllowsNoMoreThanTheRegistration() throws Exception {
        SignedJWT good = SignedJWT.parse(LAKE.authorization(one, "system/*.rs")[1].substring("Bearer ".length()));
        String wide = token(
                key(),
                key().getKeyID(),
                "at+jwt",
                change -> change.claim("scope", "system/*.cruds sluice/admin sluice/import"),
                good.getJWTClaimsSet());

        HttpResponse<String> metrics = one.get(one.root() + "/actuator/prometheus", "Authorization", "Bearer " + wide);
        assertThat(metrics.statusCode()).isEqualTo(403);
        String[] admin = new TokenClient("admin", TokenClient.RSA).authorization(one, "sluice/admin");
        assertThat(one.get(one.root() + "/actuator/prometheus", admin).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aDisabledClientIsRefusedInEveryProcess() {
        String[] token = LAKE.authorization(one, "system/*.rs");
        assertThat(other.get(READABLE, token).statusCode()).isEqualTo(200);

        assertThat(one.bean(ClientRegistry.class).enable("lake", false)).isTrue();
        try {
            assertThat(TokenClient.json(LAKE.request(other, "system/*.rs"))
                            .path("error")
                            .asString())
                    .isEqualTo("invalid_client");
            await().until(() -> one.get(READABLE, token).statusCode() == 401);
            await().until(() -> other.get(READABLE, token).statusCode() == 401);
        } finally {
            one.bean(ClientRegistry.class).enable("lake", true);
        }

        await().until(() -> other.get(READABLE, token).statusCode() == 200);
    }

    @Test
    void aClientOfTheDatabaseGetsTokensAndItsKeysAreReplaced() {
        ClientRegistry registry = one.bean(ClientRegistry.class);
        registry.add(new ClientRegistration(
                "new", List.of("system/*.rs"), null, TokenClient.jwks(TokenClient.RSA), null, null, null, null));
        TokenClient before = new TokenClient("new", TokenClient.RSA);
        TokenClient after = new TokenClient("new", TokenClient.EC);

        assertThat(before.request(other, "system/*.rs").statusCode()).isEqualTo(200);
        assertThat(after.request(other, "system/*.rs").statusCode()).isEqualTo(400);
        registry.rotate("new", null, TokenClient.jwks(TokenClient.EC));
        assertThat(before.request(other, "system/*.rs").statusCode()).isEqualTo(400);
        assertThat(after.request(other, "system/*.rs").statusCode()).isEqualTo(200);
        assertThat(registry.list()).extracting(ClientRegistry.Entry::id).contains("lake", "new");
    }

    /** A day later: the old key verifies what it has signed, and a new one signs. */
    @Test
    void keysRotateAndOldTokensLive() {
        String[] token = LAKE.authorization(one, "system/*.rs");
        String before = key().getKeyID();
        one.bean(JdbcTemplate.class).update("update token_key set created_at = created_at - interval '24 hours'");
        one.bean(JdbcTemplate.class)
                .update("insert into token_key (id, jwk, created_at) values ('ancient', '{}',"
                        + " clock_timestamp() - interval '25 hours')");

        await().untilAsserted(() -> assertThat(key().getKeyID()).isNotEqualTo(before));

        assertThat(one.get(READABLE, token).statusCode()).isEqualTo(200);
        assertThat(other.get(READABLE, LAKE.authorization(one, "system/*.rs")).statusCode())
                .isEqualTo(200);
        assertThat(one.bean(JdbcTemplate.class).queryForList("select id from token_key", String.class))
                .contains(before)
                .doesNotContain("ancient");
    }

    @Test
    void theDatabaseDoesNotHoldKeysAsTheyAre() {
        LAKE.authorization(one, "system/*.rs");

        assertThat(one.bean(JdbcTemplate.class).queryForList("select jwk from token_key", String.class))
                .isNotEmpty()
                .noneMatch(jwk -> jwk.startsWith("{") && jwk.length() > 2);
    }

    @Test
    void usedAssertionsAreRemovedWhenTheyHaveExpired() {
        JdbcTemplate database = one.bean(JdbcTemplate.class);
        database.update("insert into used_assertion values ('old', clock_timestamp() - interval '2 minutes'),"
                + " ('young', clock_timestamp() - interval '30 seconds')");

        one.bean(ClientAssertions.class).removeExpired();

        assertThat(database.queryForList("select id from used_assertion", String.class))
                .contains("young")
                .doesNotContain("old");
    }
}
