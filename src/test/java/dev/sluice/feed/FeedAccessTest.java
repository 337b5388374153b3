package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.oauth.ClientRegistration;
import dev.sluice.oauth.ClientRegistry;
import dev.sluice.security.Caller;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import dev.sluice.security.Scope;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who may define and follow a feed, and what a feed does whose owner may do less than before. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class FeedAccessTest {
    private static final String PROVIDER = "https://provider.example";

    private final SluiceServer server =
            KnownTokens.server("--sluice.console.oidc.issuer=" + PROVIDER, "--sluice.console.oidc.client-id=console");
    private final ClientRegistry registry = server.bean(ClientRegistry.class);
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);

    @BeforeAll
    void load() {
        SluiceServer writer = server.as(KnownTokens.of("writer", "system/*.*"));
        for (String key : List.of("Patient/a", "Basic/b")) {
            String[] parts = key.split("/", -1);
            assertThat(writer.put(
                                    "/" + key,
                                    "application/fhir+json",
                                    "{\"resourceType\":\"" + parts[0] + "\",\"id\":\"" + parts[1] + "\"}")
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void whoMayExportAllOfItMayFollowItAndNobodyElse() {
        SluiceServer owner = registered("follow", "system/*.rs");
        define(owner, "follow", "$export?_type=Patient,Basic");
        run(owner, "follow");
        SluiceServer reader = server.as(KnownTokens.of("reader", "system/Patient.rs system/Basic.rs"));
        FeedFollower follower = new FeedFollower(reader::get, "/_feeds/follow/$bulk-publish");

        follower.follow();

        assertThat(follower.lines().stream().map(ExportClient::key)).containsExactlyInAnyOrder("Patient/a", "Basic/b");
        ObjectNode root = json(reader.get("/_feeds/follow/$bulk-publish"));
        assertThat(root.path("requiresAccessToken").asBoolean()).isTrue();
        String file = root.path("output").path(0).path("url").asString();
        String job = file.replaceFirst("/files/.*", "");
        assertThat(json(reader.get(job)).path("request").asString()).endsWith("/$export");
        assertThat(json(owner.get(job)).path("request").asString()).contains("?_type=");
        String page = root.path("link").path(0).path("url").asString();
        assertThat(server.get(file).statusCode()).as("without a token").isEqualTo(401);
        for (SluiceServer stranger : List.of(
                server.as(KnownTokens.of("narrow", "system/Patient.rs")),
                server.as(KnownTokens.of("part", "system/Patient.rs?gender=female system/Basic.rs")),
                server.as(KnownTokens.of("group", "system/*.rs", ClientLimits.of(List.of("g"), null, null))))) {
            assertThat(ExportClient.outcome(404, stranger.get("/_feeds/follow/$bulk-publish"))
                            .toString())
                    .isEqualTo(ExportClient.outcome(404, stranger.get("/_feeds/missing/$bulk-publish"))
                            .toString()
                            .replace("missing", "follow"));
            assertThat(stranger.get(file).statusCode()).isEqualTo(404);
            assertThat(stranger.get(page).statusCode()).isEqualTo(404);
            assertThat(stranger.get("/$bulk-publish").statusCode()).isEqualTo(404);
        }
        assertThat(server.as(KnownTokens.of("writer", "system/*.cud"))
                        .get("/_feeds/follow/$bulk-publish")
                        .statusCode())
                .isIn(403, 404);
    }

    @Test
    void theFeedOfAnotherClientDoesNotExist() {
        SluiceServer owner = registered("mine", "system/*.rs");
        define(owner, "mine", "$export?_type=Patient");
        SluiceServer other = registered("other", "system/*.rs");
        Permissions exporter =
                new Permissions(Scope.find("system/*.rs").stream().toList(), Set.of(Operation.EXPORT, Operation.VIEW));
        assertThat(server.as(KnownTokens.of("viewer", exporter, ClientLimits.NONE))
                        .get("/_feeds/mine")
                        .statusCode())
                .as("who sees the jobs of others")
                .isEqualTo(404);

        for (String path : List.of("/_feeds/mine", "/_feeds/mine/runs")) {
            assertThat(other.get(path).statusCode()).as(path).isEqualTo(404);
        }
        for (String path : List.of("/_feeds/mine/$run", "/_feeds/mine/$enable", "/_feeds/mine/$disable")) {
            assertThat(other.post(path, "application/json", "").statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(other.delete("/_feeds/mine").statusCode()).isEqualTo(404);
        assertThat(other.put("/_feeds/mine", "application/json", definition("$export"))
                        .statusCode())
                .isEqualTo(409);
        assertThat(json(other.get("/_feeds")).path("feeds")).isEmpty();
        SluiceServer administrator = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));
        assertThat(json(administrator.get("/_feeds")).toString()).contains("\"mine\"");
        assertThat(administrator
                        .post("/_feeds/mine/$disable", "application/json", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(owner.get("/_feeds/mine")).path("state").asString()).isEqualTo("disabled");
    }

    @Test
    void aDefinitionBeyondTheTokenIsRefused() {
        SluiceServer narrow = registered("narrow-owner", "system/Patient.rs");

        assertThat(narrow.put("/_feeds/beyond", "application/json", definition("$export?_type=Basic"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.as(of(server.base().toString(), "unregistered", "system/*.rs"))
                        .put("/_feeds/beyond", "application/json", definition("$export"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aDisabledOwnerStopsItsFeed() {
        SluiceServer owner = registered("stopped", "system/*.rs");
        define(owner, "stopped", "$export");
        registry.enable("stopped", false);

        jdbc.update("update feed set due_at = now() where name = 'stopped'");

        await().until(() -> json(owner.get("/_feeds/stopped")).path("problem").isString());
        ObjectNode feed = json(owner.get("/_feeds/stopped"));
        assertThat(feed.path("problem").asString()).contains("'stopped'").contains("disabled");
        assertThat(feed.path("state").asString()).isEqualTo("failing");
        assertThat(feed.path("lastRun").path("status").asString()).isEqualTo("failed");
        assertThat(feed.path("lastRun").path("job").isNull()).isTrue();
        registry.enable("stopped", true);
        run(owner, "stopped");
        assertThat(json(owner.get("/_feeds/stopped")).path("problem").isNull()).isTrue();
    }

    /** A person who signed in with an OpenID provider has the permissions of that time. */
    @Test
    void aFeedOfAPersonRunsWithTheScopesThatItWasDefinedWith() {
        SluiceServer person = server.as(of(PROVIDER, "console jo", "system/Patient.rs"));
        define(person, "of-jo", "$export");

        run(person, "of-jo");
        assertThat(json(person.get("/_feeds/of-jo/$bulk-publish"))
                        .path("output")
                        .toString())
                .contains("Patient")
                .doesNotContain("Basic");
        for (String disabled : List.of("console", "console jo")) {
            registry.enable(disabled, false);
            jdbc.update(
                    "update feed set due_at = now() + interval '2 seconds' where name = 'of-jo'"); // limits are cached
            await().until(() ->
                    json(person.get("/_feeds/of-jo")).path("problem").isString());
            registry.enable(disabled, true);
            assertThat(json(person.get("/_feeds/of-jo")).path("problem").asString())
                    .contains("is disabled");
            jdbc.update("update feed set problem = null where name = 'of-jo'");
        }
    }

    /** As after a change of the mode or of the provider: nobody can say what the owner may do. */
    @Test
    void aFeedOfAProviderThatIsNotSetRunsNothing() {
        SluiceServer person = server.as(of(PROVIDER, "console kim", "system/*.rs"));
        define(person, "moved", "$export");
        jdbc.update(
                "update feed set owner = 'https://former.example console kim', due_at = now() where name = 'moved'");
        SluiceServer administrator = server.as(KnownTokens.of("admin", Permissions.ALL, ClientLimits.NONE));

        await().until(() ->
                json(administrator.get("/_feeds/moved")).path("problem").isString());

        assertThat(json(administrator.get("/_feeds/moved")).path("problem").asString())
                .contains("https://former.example");
        assertThat(administrator
                        .post("/_feeds/moved/$run", "application/json", "")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void anOwnerWhoMayExportMoreOrLessBeginsANewChain() {
        SluiceServer owner = registered("changing", "system/Patient.rs system/Basic.rs");
        define(owner, "changing", "$export");
        run(owner, "changing");
        SluiceServer reader = server.as(KnownTokens.of("reader", "system/*.rs"));
        FeedFollower follower = new FeedFollower(reader::get, "/_feeds/changing/$bulk-publish");
        follower.follow();
        assertThat(follower.lines()).hasSize(2);

        jdbc.update("update client set scopes = 'system/Patient.rs' where id = 'changing'");
        run(owner, "changing");
        follower.follow();
        assertThat(follower.lines().stream().map(ExportClient::key)).containsExactly("Patient/a");

        jdbc.update("update client set scopes = 'system/*.rs' where id = 'changing'");
        run(owner, "changing");
        follower.follow();
        assertThat(follower.lines())
                .as("no more than the token that defined it")
                .hasSize(2);
        assertThat(follower.snapshots()).isEqualTo(3);
    }

    private SluiceServer registered(String client, String scopes) {
        return registered(server, client, scopes);
    }

    /** A client that is registered with a server, and may export. */
    static SluiceServer registered(SluiceServer server, String client, String scopes) {
        server.bean(ClientRegistry.class)
                .add(new ClientRegistration(
                        client, List.of(scopes.split(" ")), "https://keys.example/jwks", null, null, null, null, null));
        return server.as(of(server.base().toString(), client, scopes));
    }

    /** The token of a client or a person of an issuer. */
    private static String of(String issuer, String client, String scopes) {
        List<Scope> read = Stream.of(scopes.split(" "))
                .map(scope -> Scope.find(scope).orElseThrow())
                .toList();
        Permissions permissions = new Permissions(read, Set.of(Operation.EXPORT));
        return KnownTokens.of(new Caller(issuer, client, permissions, ClientLimits.NONE));
    }

    static String definition(String export) {
        return "{\"export\":\"" + export + "\",\"cron\":\"0 0 2 * * *\"}";
    }

    static void define(SluiceServer owner, String name, String export) {
        HttpResponse<String> response = owner.put("/_feeds/" + name, "application/json", definition(export));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    }

    static void run(SluiceServer owner, String name) {
        HttpResponse<String> response = owner.post("/_feeds/" + name + "/$run", "application/json", "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        await().until(() -> {
            JsonNode last = json(owner.get("/_feeds/" + name)).path("lastRun");
            return last.path("status").asString().equals("completed");
        });
    }

    static ObjectNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8));
    }
}
