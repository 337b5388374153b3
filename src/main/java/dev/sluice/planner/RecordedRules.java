package dev.sluice.planner;

import java.util.UUID;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Stores the rules and the keys of each de-identified export while its job runs, so that all processes use the same ones,
 * also after a crash.
 */
@Component
public class RecordedRules {
    private final JdbcTemplate jdbc;

    RecordedRules(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The rules and the keys of an export, as text.
     *
     * @param rules as JSON, without keys
     * @param keys a secret
     */
    public record RulesAndKeys(String rules, String keys) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "RulesAndKeys";
        }
    }

    /** Records the rules and the keys of a job. */
    public void add(UUID job, RulesAndKeys texts) {
        jdbc.update(
                "insert into deidentification (job_id, rules, keys) values (?, ?, ?)",
                job,
                texts.rules(),
                texts.keys());
    }

    /**
     * The rules and the keys of a job.
     *
     * @throws IllegalStateException if they are not recorded, or not any more, because the job has ended
     */
    public RulesAndKeys get(UUID job) {
        RulesAndKeys found = DataAccessUtils.singleResult(jdbc.query(
                "select rules, keys from deidentification where job_id = ?",
                (row, n) -> new RulesAndKeys(row.getString(1), row.getString(2)),
                job));
        if (found == null) {
            throw new IllegalStateException("The rules of the export " + job + " are not recorded any more.");
        }
        return found;
    }

    /** Deletes the rules and the keys of a job. */
    public void delete(UUID job) {
        jdbc.update("delete from deidentification where job_id = ?", job);
    }
}
