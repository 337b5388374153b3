package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Chains of exports while writers are busy. After each export its client must hold the state as of the transaction time,
 * which is computed in SQL, from a
 * journal of all versions: their JSON and their numbers alone.
 */
@SlowTest
@Tag(FaultTally.TAG)
class ChainTest {
    private static final int WRITERS = 4;

    /** Versions are swept as soon as nobody holds them, and often. */
    private final SluiceServer server = SluiceServer.start("--sluice.export.file-size=2KB", "--sluice.history=0s");

    private final ExportClient client = new ExportClient(server);
    private final JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    private final Mirror whole = new Mirror(server);
    private final Map<String, Mirror> mirrors = new LinkedHashMap<>(Map.of("/$export", whole));

    @BeforeEach
    void mirrors() {
        jdbc.execute("create table journal as select type, id, version_id, last_updated, deleted, body from resource");
        jdbc.execute("create function keep() returns trigger language plpgsql as $$ begin insert into journal values"
                + " (new.type, new.id, new.version_id, new.last_updated, new.deleted, new.body); return null; end $$");
        jdbc.execute("create trigger keep after insert on resource for each row execute function keep()");
        for (String level : List.of("/Patient/$export", "/Group/a/$export", "/Group/b/$export")) {
            mirrors.put(level, new Mirror(server));
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void eachClientHoldsTheStateAfterEachExportWhateverWritersDo() throws Exception {
        try (BusyWriters writers = new BusyWriters(server, WRITERS, 11);
                Sweeping sweeping = new Sweeping(server)) {
            for (int round = 0; round < FaultTally.times(20, 80); round++) {
                mirrors.forEach(this::next);
            }
            assertThat(writers.stop()).isGreaterThan(100);
            assertThat(sweeping.count()).isGreaterThan(20);
        }
        mirrors.forEach(this::next);
        new Sweeping(server).close();
        assertThat(jdbc.queryForObject(
                        "select count(*) from resource where type <> 'Group' and superseded_at is not null",
                        Long.class))
                .isZero();
        assertThat(whole.lines())
                .containsExactlyInAnyOrderElementsOf(jdbc.queryForList(
                        "select body from resource where superseded_at is null and not deleted", String.class));
    }

    @Test
    void aServerThatTookTheClockForItsSnapshotWouldBeFoundOut() throws Exception {
        jdbc.execute("create or replace function close_timestamp() returns bigint language sql volatile"
                + " as 'select clock_millis()'");

        boolean lost = false;
        try (BusyWriters writers = new BusyWriters(server, WRITERS, 12)) {
            for (int round = 0; round < 100 && !lost; round++) {
                lost = !holdsTheState();
            }
            writers.stop();
        }

        assertThat(lost).isTrue();
    }

    private void next(String level, Mirror mirror) {
        mirror.apply(client.export(level + "?_since=" + mirror.since()));
        FaultTally.of(ChainTest.class).export(state(level, mirror.since()), mirror.lines());
    }

    /** As {@link #next}, without a claim; a snapshot that is none may also fail to be read. */
    private boolean holdsTheState() {
        var end = client.awaitEnd(client.kickOff("/$export?_since=" + whole.since())
                .headers()
                .firstValue("Content-Location")
                .orElseThrow());
        if (end.statusCode() != 200) {
            return false;
        }
        Export export = client.download(end);
        whole.apply(export);
        return new HashSet<>(whole.lines()).equals(new HashSet<>(state("/$export", whole.since())));
    }

    /** The lines that belong to a level at a time. */
    private List<String> state(String level, String time) {
        String group = level.startsWith("/Group/") ? level.split("/", -1)[2] : "";
        String member = group.isEmpty()
                ? "select patient_id as id from patient_number where patient_id not in"
                        + " (select id from latest where type = 'Patient' and deleted)"
                : "select p.id from state p where p.type = 'Patient'"
                        + " and exists (select from state g, jsonb_array_elements(g.json -> 'member') m"
                        + " where g.type = 'Group' and g.id = '" + group + "' and not (m ->> 'inactive')::boolean"
                        + " and m -> 'entity' ->> 'reference' = 'Patient/' || p.id)";
        String taken = level.startsWith("/$")
                ? "true"
                : "(type = 'Patient' and id in (table member))"
                        + " or substr(json -> 'subject' ->> 'reference', 9) in (table member)"
                        + (group.isEmpty()
                                ? " or exists (select from jsonb_array_elements(json -> 'member') m"
                                        + " where substr(m -> 'entity' ->> 'reference', 9) in (table member))"
                                : " or (type = 'Group' and id = '" + group + "' and exists (table member))");
        return jdbc.queryForList(
                "with latest as materialized (select distinct on (type, id) type, id, body, deleted from journal"
                        + " where last_updated <= ?::timestamptz order by type, id, version_id desc),"
                        + " state as materialized (select type, id, body, body::jsonb as json from latest where not deleted),"
                        + " member as (" + member + ") select body from state where " + taken,
                String.class,
                time);
    }
}
