package dev.sluice.replica;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.database.DatabaseFault;
import dev.sluice.replica.ReplicaSettings.ReplicaDatabase;
import dev.sluice.store.RowStream;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** One standby: its connections, and whether it can be read from. Safe for use by any number of threads. */
final class Replica implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Replica.class);
    private static final Duration CONNECT_TIME = Duration.ofSeconds(2);

    /** After a failed read, the standby is not used for this time; twice as long after each further one. */
    private static final Duration FIRST_REST = Duration.ofSeconds(10);

    private static final int MOST_DOUBLINGS = 5;

    /** For looks at its state, beside the reads of units. */
    private static final int MORE_CONNECTIONS = 2;

    /** What the standby says of itself. */
    private static final String STATE = "select pg_is_in_recovery() as standby,"
            + " (select system_identifier from pg_control_system()) as system,"
            + " pg_last_wal_replay_lsn()::text as replayed";

    private final String name;
    private final HikariDataSource pool;
    private final JdbcTemplate jdbc;
    private final Semaphore free;
    private volatile @Nullable String fault;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile long restsUntil = System.nanoTime();

    /** Without feedback, and with a delay of less than five minutes; -1 is no limit. */
    private static final String CANCELS_SOON = "select current_setting('hot_standby_feedback') = 'off' and"
            + " (select setting::bigint between 0 and 299999 from pg_settings"
            + " where name = 'max_standby_streaming_delay')";

    private record Answer(
            boolean standby, long system, @Nullable String replayed) {}

    Replica(String name, ReplicaDatabase settings, HikariDataSource primary, Duration timeout) {
        this.name = name;
        int most = settings.maxConnections() == null ? primary.getMaximumPoolSize() : settings.maxConnections();
        this.free = new Semaphore(most);
        this.pool = new HikariDataSource();
        pool.setJdbcUrl(settings.url());
        pool.setUsername(settings.username() == null ? primary.getUsername() : settings.username());
        pool.setPassword(settings.password() == null ? primary.getPassword() : settings.password());
        pool.setSchema(primary.getSchema());
        pool.setConnectionInitSql(primary.getConnectionInitSql());
        primary.getDataSourceProperties().forEach((key, value) -> pool.addDataSourceProperty(key.toString(), value));
        pool.addDataSourceProperty("socketTimeout", Long.toString(timeout.toSeconds()));
        pool.addDataSourceProperty("connectTimeout", Long.toString(CONNECT_TIME.toSeconds()));
        pool.setReadOnly(true);
        pool.setPoolName("replica " + name);
        pool.setMaximumPoolSize(most + MORE_CONNECTIONS);
        pool.setMinimumIdle(0);
        pool.setInitializationFailTimeout(-1); // a standby that is away does not keep the server from starting
        pool.setConnectionTimeout(CONNECT_TIME.toMillis());
        pool.setValidationTimeout(CONNECT_TIME.toMillis());
        this.jdbc = new JdbcTemplate(pool);
    }

    String name() {
        return name;
    }

    /** Why it cannot be read from; null = it can. */
    @Nullable
    String fault() {
        return fault;
    }

    /** The number of units that read from it in this process. */
    int reading() {
        return pool.getMaximumPoolSize() - MORE_CONNECTIONS - free.availablePermits();
    }

    /** Takes one of its connections for a unit, if one is free and the standby can be read from. */
    boolean tryAcquire() {
        return isUsable() && free.tryAcquire();
    }

    boolean isUsable() {
        return fault == null && System.nanoTime() - restsUntil >= 0;
    }

    void release() {
        free.release();
    }

    /** Whether it shows the mark now; a standby that does not answer is put aside. */
    boolean shows(UUID mark) {
        try {
            return PlanMarks.isShown(jdbc, mark);
        } catch (RuntimeException e) {
            failed(e);
            return false;
        }
    }

    /** Reads its rows, each time in a state that shows the mark. */
    RowStream rows(UUID mark) {
        return RowStream.ofStandby(pool, standby -> {
            if (!PlanMarks.isShown(standby, mark)) {
                throw new ReplicaException("it is a standby no more, or does not show the plan of the export any more");
            }
        });
    }

    void succeeded() {
        failures.set(0);
    }

    /** Puts the standby aside for a while after a failed read. */
    synchronized void failed(Throwable cause) {
        if (System.nanoTime() - restsUntil < 0) {
            return; // units that read at the same time fail together
        }
        int doublings = Math.min(failures.getAndIncrement(), MOST_DOUBLINGS);
        Duration rest = FIRST_REST.multipliedBy(1L << doublings);
        restsUntil = System.nanoTime() + rest.toNanos();
        log.warn("The replica {} is not read from for {} seconds: {}", name, rest.toSeconds(), sentence(cause));
    }

    /**
     * Looks at the standby and records whether it can be read from.
     *
     * @param system the system identifier of the primary
     * @return the position in the WAL up to which it has replayed; null if it cannot be read from
     */
    @Nullable
    String look(long system) {
        String before = fault;
        String replayed = null;
        String found;
        try {
            Answer answer = answer();
            found = fault(answer, system);
            replayed = answer.replayed();
        } catch (RuntimeException e) {
            found = sentence(e);
        }
        fault = found;
        if (found != null && !found.equals(before)) {
            log.warn("The replica {} cannot be read from; other replicas or the primary are: {}", name, found);
        } else if (found == null && before != null) {
            log.info("The replica {} can be read from again.", name);
        }
        return found == null ? replayed : null;
    }

    private Answer answer() {
        return Objects.requireNonNull(jdbc.queryForObject(
                STATE,
                (row, n) -> new Answer(row.getBoolean("standby"), row.getLong("system"), row.getString("replayed"))));
    }

    /** Whether it cancels reads of a few minutes that keep it from replaying. */
    boolean cancelsSoon() {
        return Boolean.TRUE.equals(jdbc.queryForObject(CANCELS_SOON, Boolean.class));
    }

    private static @Nullable String fault(Answer answer, long system) {
        if (answer.system() != system) {
            return "It is no replica of this database: its system identifier is another one.";
        }
        return answer.standby() ? null : "It is no standby: it was promoted, or is a primary.";
    }

    private static String sentence(Throwable cause) {
        return ExceptionUtils.getThrowableList(cause).stream()
                .flatMap(each -> DatabaseFault.of(each).map(DatabaseFault::sentence).stream())
                .findFirst()
                .orElseGet(() -> String.valueOf(cause.getMessage()));
    }

    @Override
    public void close() {
        pool.close();
    }
}
