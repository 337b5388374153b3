package dev.sluice.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.oauth.ClientRegistry;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** People sign in to the console of a server in mode smart. */
@IntegrationTest
class SignInTest {
    private static final String SESSION = "sluice";

    private static LoginProvider provider;
    private static SluiceServer server;
    private PersonAtBrowser person;

    @BeforeAll
    static void start() throws IOException {
        provider = new LoginProvider();
        server = SluiceServer.start(provider.options());
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @BeforeEach
    void newBrowser() {
        provider.knows("u1", "sluice-viewer");
        person = new PersonAtBrowser(server);
    }

    @Test
    void aPersonIsLedToTheProviderAndBackToThePage() {
        String page = PersonAtBrowser.location(person.open("/console/jobs?state=failed"));
        assertThat(page).endsWith("/console/signin?next=%2Fconsole%2Fjobs%3Fstate%3Dfailed");
        assertThat(person.open(page).body()).contains("/console/signin/start?next=");

        HttpResponse<String> back = person.signIn("/console/signin/start?next=%2Fconsole%2Fjobs%3Fstate%3Dfailed");
        assertThat(PersonAtBrowser.location(back)).isEqualTo(server.root() + "/console/jobs?state=failed");
        assertThat(person.open("/console/jobs").statusCode()).isEqualTo(200);
        assertThat(person.open("/console/jobs").body()).contains("u1@example.org", "viewer");
    }

    @Test
    void onlyASignInMakesASession() {
        person.open("/console/jobs");
        person.open("/console/signin");
        String callback = person.begin("/console/signin/start");
        assertThat(person.cookies()).doesNotContainKey(SESSION);

        HttpResponse<String> back = person.open(callback);
        assertThat(back.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith(SESSION + "=")
                        .contains("; HttpOnly", "; SameSite=Lax", "; Path=/")
                        .doesNotContain("Domain", "Max-Age"));
        assertThat(person.cookies()).containsOnlyKeys(SESSION);
    }

    @Test
    void aSessionGetsANewIdAtEachSignIn() {
        person.cookies().put(SESSION, "chosen-by-a-stranger");
        person.signIn();
        String first = person.cookies().get(SESSION);
        assertThat(first).isNotEqualTo("chosen-by-a-stranger");

        PersonAtBrowser other = new PersonAtBrowser(server);
        other.cookies().put(SESSION, first);
        other.signIn();
        assertThat(other.cookies().get(SESSION)).isNotEqualTo(first);
        assertThat(person.open("/console/jobs").statusCode()).isEqualTo(302);
    }

    @Test
    void theHttpApiTakesNoSession() {
        provider.knows("root", "sluice-administrator");
        person.signIn();
        for (String path :
                List.of("/fhir/$export", "/fhir/_audit", "/fhir/Group", "/actuator/prometheus", "/fhir/Patient/1")) {
            assertThat(person.open(path, "Prefer", "respond-async").statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(person.send("POST", "/fhir/$import", "{}", "Content-Type", "application/fhir+ndjson")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aPersonWithoutARoleIsToldSo() {
        provider.knows("u2", "somebody-else");
        HttpResponse<String> refusal = person.signIn();
        assertThat(refusal.statusCode()).isEqualTo(403);
        assertThat(refusal.body()).contains("have no role here");
        assertThat(person.cookies()).doesNotContainKey(SESSION);
        assertThat(recorded("SIGN_IN_REFUSED")).contains(LoginProvider.CLIENT + " u2");
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("another nonce", Map.of("nonce", "n")),
                Arguments.of("another program", Map.of("aud", "other")),
                Arguments.of("another issuer", Map.of("iss", "http://localhost:1")),
                Arguments.of("expired", Map.of("exp", LoginProvider.in(-600))),
                Arguments.of("not yet valid", Map.of("iat", LoginProvider.in(600))),
                Arguments.of("another party", Map.of("azp", "other")),
                Arguments.of("no person", Map.of("sub", "")),
                Arguments.of("a control character", Map.of("sub", "u\0")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void anIdTokenThatIsNotValidSignsNobodyIn(String lie, Map<String, Object> claims) {
        provider.lies(claims);
        assertRefused(person.signIn());
    }

    @Test
    void anIdTokenOfAnotherKeySignsNobodyIn() {
        provider.isReplaced();
        assertRefused(person.signIn());
    }

    @Test
    void aSignInIsOfTheBrowserThatBeganIt() {
        String callback = person.begin("/console/signin/start");
        PersonAtBrowser victim = new PersonAtBrowser(server);
        assertRefused(victim.open(callback));
        victim.begin("/console/signin/start");
        assertRefused(victim.open(callback));

        assertThat(person.open(callback).statusCode()).isEqualTo(302);
        assertThat(new PersonAtBrowser(server).open(callback).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b.c.d.e", "eyJhbGciOiJub25lIn0.e30."})
    void aCookieThatTheServerDidNotMakeIsOfNoUse(String cookie) {
        String callback = person.begin("/console/signin/start");
        person.cookies().put("sluice-signin", cookie);
        assertRefused(person.open(callback));
    }

    @Test
    void theProviderCanRefuse() {
        provider.denies();
        HttpResponse<String> refusal = person.signIn();
        assertThat(refusal.statusCode()).isEqualTo(401);
        assertThat(refusal.body()).contains("did not let you in");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/",
                "//evil.example/",
                "/\\evil.example",
                "/consolex",
                "/console@evil.example",
                "/console.evil.example",
                "/fhir/Patient",
                "/console\r\nSet-Cookie:a=b"
            })
    void aSignInLeadsToPagesOfTheConsoleOnly(String next) {
        String encoded = java.net.URLEncoder.encode(next, java.nio.charset.StandardCharsets.UTF_8);
        HttpResponse<String> back = person.signIn("/console/signin/start?next=" + encoded);
        assertThat(PersonAtBrowser.location(back)).isEqualTo(server.root() + "/console");
    }

    @Test
    void aFormOfAnotherSiteIsRefused() {
        person.signIn();
        String type = "application/x-www-form-urlencoded";
        for (String path : List.of("/console/signout", "/console/exports", "/console/nothing")) {
            for (String[] from : new String[][] {
                {"Origin", "https://evil.example"},
                {"Origin", "null"},
                {"Origin", "http://localhost:1"},
                {"Sec-Fetch-Site", "cross-site"},
                {"Sec-Fetch-Site", "same-site"},
                {"Sec-Fetch-Site", "none"},
                {"X-None", "of them"}
            }) {
                assertThat(person.send("POST", path, "a=b", "Content-Type", type, from[0], from[1])
                                .statusCode())
                        .as(path + " " + List.of(from))
                        .isEqualTo(403);
            }
        }
        assertThat(person.open("/console/jobs").statusCode()).isEqualTo(200);
    }

    /** The provider's redirect is one, and so are links in the messages of a monitoring system. */
    @Test
    void aLinkOfAnotherSiteLeadsToAPageAndNothingElse() {
        person.signIn();
        String[] link = {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"};
        assertThat(person.open("/console/jobs", link).statusCode()).isEqualTo(200);
        assertThat(person.open("/", link).statusCode()).isEqualTo(302);
        for (String path : List.of("/fhir/metadata", "/actuator/health", "/consolex", "/fhir/Patient/1")) {
            assertThat(person.open(path, link).statusCode()).as(path).isEqualTo(403);
        }
        String[] frame = {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"};
        String[] fetch = {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "empty"};
        assertThat(person.open("/console/jobs", frame).statusCode()).isEqualTo(403);
        assertThat(person.open("/console/jobs", fetch).statusCode()).isEqualTo(403);
    }

    @Test
    void aSignOutEndsTheSessionHereAndWithTheProvider() {
        person.signIn();
        String session = person.cookieHeader();
        HttpResponse<String> out = person.post("/console/signout", "a=b");
        assertThat(out.statusCode()).as(out.body()).isEqualTo(200);
        assertThat(out.body()).contains(provider.issuer() + "/logout?id_token_hint=", "post_logout_redirect_uri=");

        assertThat(server.get(server.root() + "/console/jobs", "Accept", "text/html", "Cookie", session)
                        .statusCode())
                .isEqualTo(302);
        assertThat(recorded("SIGNED_OUT")).contains(LoginProvider.CLIENT + " u1");
        assertThat(recorded("SIGNED_IN")).contains(LoginProvider.CLIENT + " u1");
    }

    @Test
    void aDisabledPersonIsShutOutAtOnce() {
        provider.knows("leaver", "sluice-exporter");
        person.signIn();
        assertThat(person.open("/console/jobs").statusCode()).isEqualTo(200);

        server.bean(ClientRegistry.class).enable(LoginProvider.CLIENT + " leaver", false);
        await().until(() -> person.open("/console/jobs").statusCode() == 302);
        assertThat(person.signIn().statusCode()).isEqualTo(403);
        assertThat(person.signIn().body()).contains("client disable");
    }

    @Test
    void everyPathOfTheConsoleNeedsASession() {
        for (String path :
                List.of("/console", "/console/jobs", "/console/jobs/1", "/console/nothing", "/console/signout")) {
            for (String method : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
                assertThat(person.send(method, path, "").statusCode())
                        .as(method + " " + path)
                        .isEqualTo(401);
            }
        }
        HttpResponse<String> part = person.open("/console/jobs", "HX-Request", "true");
        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(part.headers().firstValue("HX-Redirect")).hasValue("/console/signin");
    }

    private void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(401);
    }

    private static List<String> recorded(String activity) {
        return server.bean(JdbcClient.class)
                .sql("select client from audit_event where activity = ? and client is not null")
                .param(activity)
                .query(String.class)
                .list();
    }
}
