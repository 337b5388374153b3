package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.RawJson.Member;
import dev.sluice.r4.OwnBases;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

@IntegrationTest
class ResourceWriterTest {
    private static final List<String> ELEMENTS = List.of(
            "subject", "patient", "identifier", "member", "participant", "actor", "link", "target", "individual");

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aResourceIsInTheCompartmentsOfItsPatientsAndFoundByItsIdentifiers() {
        server.post(
                "/$import",
                "application/fhir+ndjson",
                "{\"resourceType\":\"Observation\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/p-1\"},"
                        + "\"performer\":[{\"reference\":\"Patient/p-2\"}],\"identifier\":[{\"value\":\"v\"}]}");

        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        assertThat(jdbc.queryForList(
                        "select c.patient_id from patient_number c join resource r on c.number = any(r.compartment)"
                                + " where r.type = 'Observation' and r.id = 'c' order by 1",
                        String.class))
                .containsExactly("p-1", "p-2");
        assertThat(jdbc.queryForObject(
                        "select cardinality(token_hashes) from resource where type = 'Observation' and id = 'c'",
                        Integer.class))
                .isEqualTo(2);
    }

    @Test
    void whatALineHoldsInTheWrongPlaceDoesNotStopTheOthers() {
        ResourceWriter intake = server.bean(ResourceWriter.class);
        for (int seed = 0; seed < 3_000; seed++) {
            RawJson json = new RawJson(seed);
            ResourceType type = json.pick(ResourceType.all());
            List<Member> members = new ArrayList<>();
            members.add(member("resourceType", "\"" + type + "\""));
            for (String element : ELEMENTS) {
                members.add(new Member("\"" + element + "\"", json.value(4)));
            }
            String text = json.object(members).messy();

            ResourceWriter.Prepared prepared =
                    intake.prepare(ResourceJson.parse(text.getBytes(UTF_8)), "x", OwnBases.NONE);

            assertThat(prepared.key().type()).isEqualTo(type);
        }
    }

    @Test
    void writersOfOneResourceWaitForEachOther() {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        List<CompletableFuture<HttpResponse<String>>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String body = "{\"resourceType\":\"Patient\",\"id\":\"busy\",\"birthDate\":\"" + (1800 + i) + "\"}";
            writes.add(CompletableFuture.supplyAsync(
                    () -> server.put("/Patient/busy", "application/fhir+json", body), clients));
        }

        assertThat(writes)
                .allSatisfy(write -> assertThat(write.join().statusCode())
                        .as(write.join().body())
                        .isIn(200, 201));
        assertThat(server.get("/Patient/busy").headers().firstValue("ETag")).contains("W/\"200\"");
        clients.shutdown();
    }

    /** Whoever has collided takes the lock of the resource, so a few are in line for it. */
    @Test
    void writersThatCollideAgainAndAgainWaitInLine() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        List<CompletableFuture<HttpResponse<String>>> writes = new ArrayList<>();
        String waiting = "select count(*) from pg_locks where locktype = 'advisory' and classid = 24 and not granted";
        try (Connection first = server.bean(DataSource.class).getConnection();
                Statement statement = first.createStatement()) {
            statement.execute("select pg_advisory_lock(24, n) from generate_series(0, 63) n");
            await().until(() -> {
                for (int i = 0; i < 50; i++) {
                    String body = "{\"resourceType\":\"Patient\",\"id\":\"line\",\"birthDate\":\"" + (1800 + i) + "\"}";
                    writes.add(CompletableFuture.supplyAsync(
                            () -> server.put("/Patient/line", "application/fhir+json", body), clients));
                }
                return server.bean(JdbcTemplate.class)
                                .queryForList(waiting, Integer.class)
                                .get(0)
                        > 0;
            });
            statement.execute("select pg_advisory_unlock_all()");
        }

        assertThat(writes)
                .allSatisfy(write -> assertThat(write.join().statusCode()).isIn(200, 201));
        clients.shutdown();
    }

    private static Member member(String name, String token) {
        return new Member("\"" + name + "\"", RawJson.same(token));
    }
}
