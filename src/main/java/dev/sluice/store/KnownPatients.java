package dev.sluice.store;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The patients to whom a resource ever referred, or who exist. Their numbers are given in ascending order. */
@Component
public class KnownPatients {
    private final JdbcTemplate jdbc;

    /**
     * What the store knows of a patient.
     *
     * @param number its number in compartments; a patient that became known later has a higher one
     * @param existed when the Patient resource existed, as far as its versions are kept
     */
    public record KnownPatient(int number, List<Period> existed) {
        /**
         * A time in which a version was current.
         *
         * @param until the first moment after it; null = it is current
         */
        public record Period(Instant from, @Nullable Instant until) {}

        public KnownPatient {
            existed = List.copyOf(existed);
        }

        /** Whether it is known that the Patient resource existed at a time. */
        public boolean existedAt(Instant time) {
            return existed.stream()
                    .anyMatch(period -> !period.from().isAfter(time)
                            && (period.until() == null || period.until().isAfter(time)));
        }
    }

    KnownPatients(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** A patient by its id; empty if the store never knew it. */
    public Optional<KnownPatient> find(String id) {
        return jdbc.queryForList("select number from patient_number where patient_id = ?", Integer.class, id).stream()
                .findFirst()
                .map(number -> new KnownPatient(number, existed(id)));
    }

    private List<KnownPatient.Period> existed(String id) {
        return jdbc.query(
                "select last_updated, superseded_at from resource where type = 'Patient' and id = ? and not deleted",
                (row, n) -> {
                    Timestamp until = row.getTimestamp(2);
                    return new KnownPatient.Period(
                            row.getTimestamp(1).toInstant(), until == null ? null : until.toInstant());
                },
                id);
    }
}
