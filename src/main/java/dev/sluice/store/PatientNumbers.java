package dev.sluice.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Assigns numbers to patients. Compartments are stored as these numbers, which are small and, unlike hashes, never
 * collide.
 *
 * <p>Every patient that a resource refers to gets a permanent number, whether the Patient exists or not. Safe for use
 * by any number of threads.
 */
@Component
class PatientNumbers {
    private static final int CACHED = 100_000;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(0));

    PatientNumbers(JdbcTemplate jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    /** The numbers that a server of the database has given. A standby that takes over may have lost some, and give them again. */
    private record Known(long serverStart, Cache<String, Integer> cache) {
        Known(long serverStart) {
            this(serverStart, Caffeine.newBuilder().maximumSize(CACHED).build());
        }
    }

    /**
     * Numbers of patients.
     *
     * @param byId by the ids of the patients
     * @param serverStart of the server that has given them, as in {@link ClosedTimestamps.Opened}
     */
    record Numbers(Map<String, Integer> byId, long serverStart) {}

    /**
     * The numbers of these patients, new ones included. Call it outside the writing transaction: a number is harmless
     * if the write fails, and two writers with the same new patient do not wait for each other.
     */
    Numbers numbers(Collection<String> patientIds) {
        Known now = Objects.requireNonNull(known.get());
        Map<String, Integer> numbers = new HashMap<>(now.cache.getAllPresent(patientIds));
        TreeSet<String> unknown = new TreeSet<>(patientIds); // the same order for all writers prevents deadlocks
        unknown.removeAll(numbers.keySet());
        if (!unknown.isEmpty()) {
            String[] ids = unknown.toArray(String[]::new);
            transaction.executeWithoutResult(status -> load(ids, numbers));
            now.cache.putAll(numbers);
        }
        return new Numbers(numbers, now.serverStart);
    }

    /**
     * Checks in the writing transaction that another server has not taken over since the numbers were given.
     *
     * @throws ConcurrencyFailureException if one may have; the write is done again, with numbers of this server
     */
    void requireOf(long serverStart, Numbers numbers) {
        if (numbers.serverStart == serverStart) {
            return;
        }
        Known now = Objects.requireNonNull(known.get());
        if (now.serverStart != serverStart) {
            known.compareAndSet(now, new Known(serverStart)); // or another thread has
        }
        if (!numbers.byId.isEmpty()) {
            throw new ConcurrencyFailureException("Another server of the database may have given the numbers.");
        }
    }

    private void load(String[] patientIds, Map<String, Integer> numbers) {
        jdbc.queryForList("select " + ClosedTimestamps.BY_INDEX_ONLY);
        jdbc.update(
                "insert into patient_number (patient_id) select id from unnest(?::text[]) with ordinality as u(id, n)"
                        + " where not exists (select from patient_number c where c.patient_id = u.id) order by n"
                        + " on conflict do nothing",
                (Object) patientIds);
        jdbc.query(
                "select patient_id, number from patient_number where patient_id = any(?)",
                row -> {
                    numbers.put(row.getString(1), row.getInt(2));
                },
                (Object) patientIds);
    }
}
