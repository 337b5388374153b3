package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.ObjectNode;

/** What one client may take of the feeds, and of the time of the servers that run them. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class FeedLimitsTest {
    private static final int LIMIT = 2;
    private static final String NIGHTLY = "{\"export\":\"$export\",\"cron\":\"0 0 2 * * *\"}";

    private final SluiceServer server = KnownTokens.server(
            "--sluice.feeds.max-per-client=" + LIMIT,
            "--sluice.feeds.max-retention=30d",
            "--sluice.feeds.min-interval=15m");
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    private final TransactionTemplate transaction = server.bean(TransactionTemplate.class);

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void aClientHasSoManyFeedsAndOthersHaveTheirs() {
        SluiceServer greedy = client("greedy", null);
        SluiceServer modest = client("modest", null);
        for (int feed = 1; feed <= LIMIT; feed++) {
            assertThat(put(greedy, "greedy-" + feed).statusCode()).isEqualTo(201);
        }

        assertThat(ExportClient.outcome(429, put(greedy, "greedy-3")).toString())
                .contains("has 2 feeds, and the limit is 2 (sluice.feeds.max-per-client)", "delete one");
        assertThat(put(greedy, "greedy-1").statusCode())
                .as("a change is no further feed")
                .isEqualTo(200);
        assertThat(put(modest, "modest-1").statusCode()).isEqualTo(201);
        assertThat(put(modest, "greedy-1").statusCode()).as("a name in use").isEqualTo(409);
        assertThat(greedy.delete("/_feeds/greedy-2").statusCode()).isEqualTo(204);
        assertThat(put(greedy, "greedy-3").statusCode()).isEqualTo(201);
    }

    @Test
    void anAdministratorHasAsManyAsThereMayBe() {
        String issuer = server.base().toString();
        register("administrator", null);
        SluiceServer administrator =
                server.as(KnownTokens.of(new Caller(issuer, "administrator", Permissions.ALL, ClientLimits.NONE)));
        for (int feed = 0; feed <= LIMIT; feed++) {
            assertThat(put(administrator, "administrators-" + feed).statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void definitionsAtTheSameTimeAreCounted() throws Exception {
        SluiceServer hasty = client("hasty", null);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<HttpResponse<String>>> sent = new ArrayList<>();
        for (int feed = 0; feed < 8; feed++) {
            String name = "hasty-" + feed;
            sent.add(threads.submit(() -> put(hasty, name)));
        }
        List<Integer> statuses = new ArrayList<>();
        for (Future<HttpResponse<String>> answer : sent) {
            statuses.add(answer.get().statusCode());
        }
        threads.shutdown();

        assertThat(statuses).containsOnly(201, 429);
        assertThat(statuses.stream().filter(status -> status == 201)).hasSize(LIMIT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "cron":"0 0 2 * * *","retention":"31d" | retention is 31d, and the longest is 30d (sluice.feeds.max-retention)
                    "cron":"0 * * * * *"                   | runs every 1m, and the shortest time between two runs is 15m
                    """)
    void whatTheOperatorDoesNotPermitIsRefused(String properties, String sentence) {
        String definition = "{\"export\":\"$export\"," + properties + "}";

        assertThat(ExportClient.outcome(
                                400,
                                client("long-" + properties.length(), null)
                                        .put("/_feeds/refused", "application/json", definition))
                        .toString())
                .contains(sentence);
    }

    /** Of a client with many feeds, one runs before the next one of another client does. */
    @Test
    void ownersTakeTurns() {
        FeedRepository feeds = server.bean(FeedRepository.class);
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly(); // no scheduler sees them
            for (String[] feed : new String[][] {{"many-1", "many"}, {"many-2", "many"}, {"one", "one"}}) {
                insert(feed[0], feed[1], "7 days");
                jdbc.update("update feed set due_at = now() - interval '1 hour' where name = ?", feed[0]);
            }
            jdbc.update("update feed set due_at = now() - interval '2 hours' where name = 'many-1'");

            assertThat(feeds.due()).extracting(row -> row.feed().name()).containsExactly("many-1", "one");
        });
    }

    /** As if the operator had shortened it after the feed was defined. */
    @Test
    void filesAreKeptForTheLongestRetentionAtMost() {
        FeedRunRepository runs = server.bean(FeedRunRepository.class);
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            insert("keeper", "keeper", "3650 days");
            UUID first = UUID.randomUUID();
            for (int number = 1; number <= 3; number++) {
                jdbc.update(
                        "insert into feed_run (feed, job, kind, chain, number, status, ended_at) values ('keeper', ?,"
                                + " 'SNAPSHOT', 1, ?, 'COMPLETED', now() - interval '40 days')",
                        number == 1 ? first : UUID.randomUUID(),
                        number);
            }

            assertThat(runs.erase(Duration.ofDays(3650).toSeconds())).isEmpty();
            assertThat(runs.erase(Duration.ofDays(30).toSeconds())).contains(first);
        });
    }

    /** The limit of open jobs is looked at before a run costs anything; the feed says so, and is tried again. */
    @Test
    void aRunBeyondTheOpenJobsOfItsOwnerWaits() {
        SluiceServer busy = client("busy", 1);
        assertThat(put(busy, "busy").statusCode()).isEqualTo(201);
        jdbc.update(
                "insert into job (id, kind, payload, status, units, units_done, work, created_at, updated_at, owner)"
                        + " values (gen_random_uuid(), 'export', '', 'RUNNING', 1, 0, 0, now(), now(), ?)",
                server.base() + " busy");

        jdbc.update("update feed set due_at = now() where name = 'busy'");

        await().until(() -> feed(busy, "busy").path("problem").isString());
        assertThat(feed(busy, "busy").path("problem").asString()).contains("export jobs of this client", "limit is 1");
        assertThat(jdbc.queryForObject(
                        "select due_at < now() + interval '2 minutes' from feed where name = 'busy'", Boolean.class))
                .isTrue();
        assertThat(feed(busy, "busy").has("lastRun")).isFalse();
        assertThat(busy.post("/_feeds/busy/$run", "application/json", "").statusCode())
                .isEqualTo(429);
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        Duration day = Duration.ofDays(1);
        assertThatThrownBy(() -> new FeedSettings(0, day, day))
                .hasMessageContaining("sluice.feeds.max-per-client is 0; it must be 1 or more");
        assertThatThrownBy(() -> new FeedSettings(1, Duration.ofSeconds(59), day))
                .hasMessageContaining("sluice.feeds.max-retention is 59 s");
        assertThatThrownBy(() -> new FeedSettings(1, day, Duration.ZERO))
                .hasMessageContaining("sluice.feeds.min-interval is 0 s");
    }

    private void insert(String name, String owner, String retention) {
        jdbc.update(
                "insert into feed (name, owner, scopes, base, export, lenient, cron, zone, retention, snapshot_every,"
                        + " enabled, due_at) values (?, ?, '', 'http://localhost', '$export', false, '0 0 2 * * *', 'UTC',"
                        + " extract(epoch from cast(? as interval)), 30, true, now() + interval '1 day')",
                name,
                owner,
                retention);
    }

    private SluiceServer client(String name, @Nullable Integer maxOpenJobs) {
        register(name, maxOpenJobs);
        Permissions permissions =
                new Permissions(Scope.find("system/*.rs").stream().toList(), Set.of(Operation.EXPORT));
        ClientLimits limits = ClientLimits.of(null, null, maxOpenJobs);
        return server.as(KnownTokens.of(new Caller(server.base().toString(), name, permissions, limits)));
    }

    private void register(String name, @Nullable Integer maxOpenJobs) {
        server.bean(ClientRegistry.class)
                .add(new ClientRegistration(
                        name,
                        List.of("system/*.rs"),
                        "https://keys.example/jwks",
                        null,
                        null,
                        null,
                        maxOpenJobs,
                        null));
    }

    private static HttpResponse<String> put(SluiceServer client, String name) {
        return client.put("/_feeds/" + name, "application/json", NIGHTLY);
    }

    private static ObjectNode feed(SluiceServer client, String name) {
        return FhirJson.parseObject(client.get("/_feeds/" + name).body().getBytes(StandardCharsets.UTF_8));
    }
}
