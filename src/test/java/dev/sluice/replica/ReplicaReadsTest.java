package dev.sluice.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FreePort;
import dev.sluice.OwnPostgres;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.doctor.Finding;
import dev.sluice.replica.ReplicaSettings.ReplicaDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Exports with a streaming standby that is in order, behind, paused, killed, promoted, or cancels reads. */
@SlowTest
class ReplicaReadsTest {
    private static final String JSON = "application/fhir+json";
    private static final String REPLICA = "standby";

    /** More than the buffers between the standby and the server hold, so that a read is under way while it is slow. */
    private static final int LARGE = 80;

    private static final int LARGE_BYTES = 500_000;
    private static final int SMALL = 500;

    @TempDir
    static Path folder;

    private static int port;
    private static OwnPostgres primary;
    private static JdbcTemplate jdbc;
    private static SluiceServer server;
    private static ExportClient client;
    private static int standbys;

    private StandbyPostgres standby;

    @BeforeAll
    static void startServer() throws Exception {
        port = FreePort.find();
        primary = OwnPostgres.start(folder.resolve("primary"));
        jdbc = new JdbcTemplate(new DriverManagerDataSource(primary.url()));
        server = SluiceServer.start(
                "--spring.datasource.url=" + primary.url(),
                "--sluice.home=" + folder.resolve("home"),
                "--sluice.seal.enabled=false",
                "--sluice.export.max-bytes-per-second=10MB",
                "--sluice.replicas.max-wait=3s",
                "--sluice.replicas.databases." + REPLICA + ".url=" + url());
        client = new ExportClient(server);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LARGE; i++) {
            lines.append("{\"resourceType\":\"Binary\",\"id\":\"b" + i + "\",\"contentType\":\"text/plain\",\"data\":\""
                    + "QUJD".repeat(LARGE_BYTES / 4) + "\"}\n");
        }
        for (int i = 0; i < SMALL; i++) {
            lines.append(
                    "{\"resourceType\":\"Observation\",\"id\":\"o" + i + "\",\"status\":\"final\",\"code\":{\"text\":\""
                            + i + "\"},\"subject\":{\"reference\":\"Patient/p\"}}\n");
        }
        HttpResponse<String> loaded = server.post("/$import", "application/fhir+ndjson", lines.toString());
        assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
        put("first");
        jdbc.execute("create table other as select generate_series(1, 1000) as n");
    }

    private static String url() {
        return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
        primary.close();
    }

    @BeforeEach
    void startStandby() throws Exception {
        standby = StandbyPostgres.start(
                primary.url(), folder.resolve("primary"), folder.resolve("standby-" + standbys++), port);
        await().until(() -> server.bean(Replicas.class).usable().size() == 1);
    }

    @AfterEach
    void stopStandby() throws Exception {
        standby.close();
    }

    @Test
    void unitsReadFromTheStandbyAndTheFilesAreThoseOfThePrimary() throws Exception {
        Export read = client.export("/$export?_type=Patient,Observation");
        assertThat(sources(read)).containsExactly(REPLICA);

        standby.jdbc().execute("select pg_wal_replay_pause()");
        Export other = client.export("/$export?_type=Patient,Observation");

        assertThat(sources(other)).containsExactly("primary");
        assertThat(other.lines()).isEqualTo(read.lines());
        assertThat(server.get(server.root() + "/actuator/prometheus").body())
                .contains("sluice_replica_up{replica=\"standby\"} 1.0")
                .contains("sluice_export_read_rows_total{source=\"standby\"}")
                .containsPattern("sluice_replica_primary_reads_total\\{reason=\"behind\"\\} [1-9]");
    }

    @Test
    void unitsWaitForAStandbyThatReplaysTheirPlan() throws Exception {
        standby.jdbc().execute("select pg_wal_replay_pause()");
        put("second");
        HttpResponse<String> kickOff = client.kickOff("/$export?_type=Patient");
        await().until(() -> Objects.requireNonNull(jdbc.queryForObject(
                        "select count(*) from work_unit where throttled_by = ?",
                        Long.class,
                        ReplicaSettings.MAX_WAIT_KEY))
                == 1);
        standby.jdbc().execute("select pg_wal_replay_resume()");
        Export export = client.await(kickOff);

        assertThat(sources(export)).containsExactly(REPLICA);
        assertThat(export.all()).singleElement().asString().contains("second");
    }

    @Test
    void cohortsAndOrganisedLinesAreReadFromTheStandbyToo() throws Exception {
        server.put("/Group/g", JSON, """
                {"resourceType": "Group", "id": "g", "type": "person", "actual": true,
                 "member": [{"entity": {"reference": "Patient/p"}}]}""");
        Export group = client.export("/Group/g/$export?_type=Patient");
        assertThat(sources(group)).containsExactly(REPLICA);
        assertThat(group.keys()).containsExactly("Patient/p");
        Export organised = client.export("/Patient/$export?organizeOutputBy=Patient&_type=Patient,Observation");
        assertThat(sources(organised)).containsExactly(REPLICA);
        assertThat(organised.manifest().path("output")).hasSize(1);
        assertThat(organised.manifest().at("/output/0/count").asInt()).isEqualTo(SMALL + 1);
    }

    @Test
    void aReadThatAConflictEndsIsMadeAgainFromThePrimary() throws Exception {
        HttpResponse<String> kickOff = client.kickOff("/$export?_type=Binary");
        awaitRead();
        jdbc.execute("delete from other where n % 2 = 0");
        jdbc.execute("vacuum other"); // the standby has to remove rows that the read could see
        Export export = client.await(kickOff);

        assertThat(sources(export)).contains("primary");
        assertThat(export.all()).hasSize(LARGE);
        String conflicts = "select confl_snapshot from pg_stat_database_conflicts where datname = current_database()";
        await().until(() -> Objects.requireNonNull(standby.jdbc().queryForObject(conflicts, Long.class)) > 0);
        jdbc.execute("insert into other select generate_series(1, 1000)");
    }

    @Test
    void aReadWhoseStandbyDiesIsMadeAgainFromThePrimary() throws Exception {
        HttpResponse<String> kickOff = client.kickOff("/$export?_type=Binary");
        awaitRead();
        standby.crash();
        Export export = client.await(kickOff);

        assertThat(sources(export)).contains("primary");
        assertThat(export.all()).hasSize(LARGE);
        await().untilAsserted(() -> assertThat(fault()).contains("database"));
    }

    /** It has every commit up to the promotion, and may get others that the primary does not have. */
    @Test
    void aPromotedStandbyIsNotReadFrom() throws Exception {
        standby.jdbc().execute("select pg_promote()");
        await().untilAsserted(() -> assertThat(fault()).contains("It is no standby"));
        standby.jdbc().update("update resource set body = 'wrong' where type = 'Patient'");
        put("third");
        Export export = client.export("/$export?_type=Patient");

        assertThat(sources(export)).containsExactly("primary");
        assertThat(export.all()).singleElement().asString().contains("third");
    }

    @Test
    void theDoctorTellsWhatIsWrongWithAReplica() throws SQLException {
        assertThat(check(url()))
                .extracting(Finding::level, Finding::text)
                .containsExactly(
                        Finding.Level.WARNING,
                        "The replica r can be read from, but cancels reads that keep it from replaying.");
        assertThat(check(primary.url()).text()).contains("It is no standby");
        assertThat(check(TestDatabase.urlOf("postgres")).text()).contains("no replica of this database");
        assertThat(check("jdbc:postgresql://localhost:1/postgres").text()).contains("lost the connection");
    }

    private static Finding check(String url) throws SQLException {
        ReplicaSettings settings = new ReplicaSettings(
                Map.of("r", new ReplicaDatabase(url, null, null, null)), Duration.ofSeconds(1), Duration.ofSeconds(5));
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(primary.url());
            return new ReplicaCheck(settings, pool).run().get(0);
        }
    }

    /** Until a unit reads from the standby, and has received rows. */
    private void awaitRead() {
        await().until(() -> server.bean(Replicas.class).all().get(0).reading() > 0);
        await().until(() -> Objects.requireNonNull(jdbc.queryForObject(
                        "select count(*) from work_unit where result is null and done > 0", Long.class))
                > 0);
    }

    private static String fault() {
        return String.valueOf(server.bean(Replicas.class).all().get(0).fault());
    }

    private static void put(String family) {
        HttpResponse<String> answer = server.put(
                "/Patient/p",
                JSON,
                "{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"" + family + "\"}]}");
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
    }

    /** The databases that the units of an export read from. */
    private static Set<String> sources(Export export) {
        String id = export.job().substring(export.job().lastIndexOf('/') + 1);
        List<String> sources =
                jdbc.queryForList("select source from work_unit where job_id = ?::uuid", String.class, id);
        return new HashSet<>(sources);
    }
}
