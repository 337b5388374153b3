package dev.sluice.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.oauth.ClientRegistry;
import dev.sluice.signin.LoginProvider;
import dev.sluice.signin.PersonAtBrowser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person whom an operator shuts out has valid tokens, and sessions, at two processes on one database. */
@IntegrationTest
class DisabledPeopleTest {
    @TempDir
    private static Path home;

    private static String url = "";
    private static MockProvider provider;
    private static LoginProvider login;
    private static List<SluiceServer> servers = List.of();

    @BeforeAll
    static void start() throws IOException {
        url = TestDatabase.freshUrl();
        provider = new MockProvider();
        login = new LoginProvider();
        servers = List.of(server(), server());
    }

    private static SluiceServer server() {
        return OidcTest.serverFor(
                provider.issuer(),
                "--spring.datasource.url=" + url,
                "--sluice.home=" + home,
                "--sluice.security.oidc.allow-users=true",
                "--sluice.console.oidc.issuer=" + login.issuer(),
                "--sluice.console.oidc.client-id=" + LoginProvider.CLIENT,
                "--sluice.console.oidc.client-secret=" + LoginProvider.SECRET);
    }

    @AfterAll
    static void stop() {
        servers.forEach(SluiceServer::close);
        login.close();
        provider.close();
        TestDatabase.drop(url);
    }

    @Test
    void aPersonIsDisabledWithOneProgram() {
        String token = token("notebook", "ann");
        assertAnswer(200, token);

        enable("notebook ann", false);

        awaitRefused(token);
        assertAnswer(401, token("notebook", "ann"));
        assertAnswer(200, token("report", "ann"));
        assertAnswer(200, token("notebook", "ann-marie"));
        assertAnswer(200, provider.token("notebook", "globalReader"));
        enable("notebook ann", true);
        await().untilAsserted(() -> assertAnswer(200, token));
    }

    @Test
    void aPersonIsDisabledWithAllProgramsAndInTheConsole() {
        List<PersonAtBrowser> browsers =
                servers.stream().map(PersonAtBrowser::new).toList();
        login.knows("bob", "sluice-viewer");
        browsers.forEach(PersonAtBrowser::signIn);
        assertThat(browsers).allMatch(browser -> browser.open("/console/jobs").statusCode() == 200);
        List<String> tokens = List.of(token("notebook", "bob"), token("report", "bob"));
        tokens.forEach(token -> assertAnswer(200, token));

        enable("* bob", false);

        tokens.forEach(DisabledPeopleTest::awaitRefused);
        for (PersonAtBrowser browser : browsers) {
            await().until(() -> browser.open("/console/jobs").statusCode() == 302);
            assertThat(browser.signIn().statusCode()).isEqualTo(403);
        }
        assertAnswer(200, token("notebook", "carl"));
    }

    @Test
    void aPersonIsDisabledHoweverItsGuidsAreWritten() {
        String program = "8e1fd4a1-1b1c-4d0e-9a43-5e2c1fb0a222";
        String sub = "0c9d7a55-77aa-4a53-8a0f-1f6f6e6f0333";
        String token = token(program, sub);
        assertAnswer(200, token);

        enable((program + " " + sub).toUpperCase(Locale.ROOT), false);

        awaitRefused(token);
    }

    @Test
    void allPeopleOfADisabledProgramAreShutOut() {
        String token = token("closed", "dora");
        assertAnswer(200, token);

        enable("closed", false);

        awaitRefused(token);
    }

    /** Both would be the owner {@code notebook eve}. */
    @Test
    void aProgramThatIsNamedLikeAPersonOfAnotherOneIsRefused() {
        assertAnswer(200, token("notebook", "eve"));
        assertAnswer(401, provider.token("notebook eve", "globalReader"));
    }

    private static void enable(String id, boolean enabled) {
        servers.get(0).bean(ClientRegistry.class).enable(id, enabled);
    }

    private static void awaitRefused(String token) {
        await().untilAsserted(() -> assertAnswer(401, token));
    }

    private static void assertAnswer(int status, String token) {
        assertThat(servers)
                .extracting(
                        server -> server.get("/Group", OidcTest.bearer(token)).statusCode())
                .containsOnly(status);
    }

    private static String token(String program, String sub) {
        JWTClaimsSet claims = provider.program(program)
                .subject(sub)
                .claim("sid", "s1")
                .claim("roles", List.of("globalReader"))
                .build();
        return MockProvider.sign(claims, provider.key);
    }
}
