package dev.sluice.replica;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Marks the state of the database that a plan refers to. The mark is a row that is committed after all rows that the plan
 * reads. A standby replays commits in their order, so one that shows the mark shows these rows too
 * ({@code docs/adr/0051-replicas-show-a-mark.md}).
 */
@Component
public class PlanMarks {
    /** Whether a database is a standby that shows a mark. One statement, so that both hold for one state. */
    private static final String SHOWN = "select pg_is_in_recovery() and exists (select from plan_mark where mark = ?)";

    private final JdbcTemplate jdbc;

    PlanMarks(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Makes a mark for a plan whose working rows are committed. It is deleted with its job; null = there is no such job. */
    public @Nullable UUID make(UUID job) {
        return DataAccessUtils.singleResult(jdbc.queryForList(
                "insert into plan_mark (mark, job_id) select gen_random_uuid(), id from job where id = ? returning mark",
                UUID.class,
                job));
    }

    /** Whether this connection leads to a standby whose state, or whose transaction, shows the mark. */
    static boolean isShown(JdbcTemplate standby, UUID mark) {
        return Boolean.TRUE.equals(standby.queryForObject(SHOWN, Boolean.class, mark));
    }
}
