package dev.sluice;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Holds back the units of a server's jobs until a test lets them run, as if all workers had something else to do. */
public final class HeldUnits {
    private final JdbcTemplate jdbc;

    private HeldUnits(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** From now on, no unit of this server runs by itself; not for the next 100 seconds, at least. */
    public static HeldUnits of(SluiceServer server) {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        jdbc.execute("""
                create function hold_unit() returns trigger language plpgsql as $$
                begin
                    new.due_at := now() + interval '100 seconds'; -- more than two minutes would be put right
                    return new;
                end $$""");
        jdbc.execute("create trigger hold before insert on work_unit for each row execute function hold_unit()");
        return new HeldUnits(jdbc);
    }

    /** The number of units that a job has; waits until it is planned. */
    public int count(String job) {
        await().atMost(Duration.ofSeconds(20)).until(() -> units(job, "true") > 0);
        return units(job, "true");
    }

    /** Lets units of a job run, from one to another by their place in the plan, and waits until they have ended. */
    public void run(String job, int first, int last) {
        count(job);
        free(job, first, last);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> units(job, "result is null and ordinal between " + first + " and " + last) == 0);
    }

    /** Lets all units of a job run, and waits for nothing. */
    public void release(String job) {
        count(job);
        free(job, 0, Integer.MAX_VALUE);
    }

    private void free(String job, int first, int last) {
        jdbc.update(
                "update work_unit set due_at = now() where job_id = ?::uuid and ordinal between ? and ?",
                id(job),
                first,
                last);
    }

    private int units(String job, String condition) {
        Integer count = jdbc.queryForObject(
                "select count(*) from work_unit where job_id = ?::uuid and " + condition, Integer.class, id(job));
        return count == null ? 0 : count;
    }

    private static String id(String job) {
        return job.substring(job.lastIndexOf('/') + 1);
    }
}
