package dev.sluice.monitor;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The processes of this server, by what they write to the database every ten seconds. */
@Component
public class Processes {
    private final JdbcClient jdbc;

    Processes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A process.
     *
     * @param workers how many units it can run at the same time; 0 = it serves requests only
     * @param units how many units it runs
     * @param alive whether it was seen within the last 35 seconds, as {@link WaitingReasons} has it
     */
    public record Entry(String name, int workers, long units, Instant started, Instant seen, boolean alive) {}

    /** Those that were seen within the last hour, by their names. */
    public List<Entry> list() {
        record Row(
                String name, int workers, long units, OffsetDateTime startedAt, OffsetDateTime seenAt, boolean alive) {}
        return jdbc.sql("""
                        select p.name, p.workers, coalesce(u.units, 0) as units, p.started_at, p.seen_at,
                            p.seen_at > clock_timestamp() - interval '35 seconds' as alive
                        from job_process p left join (
                            select lease_owner, count(*) as units from work_unit
                            where result is null and (lease_owner is not null or fault is not null)
                            group by lease_owner) u on u.lease_owner = p.name
                        order by p.name
                        """).query(Row.class).list().stream()
                .map(row -> new Entry(
                        row.name(),
                        row.workers(),
                        row.units(),
                        row.startedAt().toInstant(),
                        row.seenAt().toInstant(),
                        row.alive()))
                .toList();
    }
}
