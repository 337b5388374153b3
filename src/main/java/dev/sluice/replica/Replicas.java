package dev.sluice.replica;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The standbys of this process, which looks at each of them every five seconds. The health has a line for each. One that
 * cannot be read from does not make the server unhealthy, since the primary has all that it has.
 */
@Component("replicas")
class Replicas implements HealthIndicator, AutoCloseable {
    /** The source of units that read from no replica, in logs and metrics. */
    static final String PRIMARY = "primary";

    private static final Logger log = LoggerFactory.getLogger(Replicas.class);

    private final JdbcTemplate primary;
    private final List<Replica> all;
    private final Map<String, Double> lags = new ConcurrentHashMap<>();

    Replicas(ReplicaSettings settings, DataSource primary, MeterRegistry meters) throws SQLException {
        HikariDataSource pool = primary.unwrap(HikariDataSource.class);
        this.primary = new JdbcTemplate(primary);
        this.all = new TreeMap<>(settings.databases())
                .entrySet().stream()
                        .map(entry -> new Replica(entry.getKey(), entry.getValue(), pool, settings.timeout()))
                        .toList();
        all.forEach(replica -> register(replica, meters));
    }

    private void register(Replica replica, MeterRegistry meters) {
        Gauge.builder("sluice.replica.up", () -> replica.fault() == null ? 1 : 0)
                .description("1 if the replica can be read from")
                .tag("replica", replica.name())
                .register(meters);
        Gauge.builder("sluice.replica.lag.bytes", () -> lags.getOrDefault(replica.name(), Double.NaN))
                .description("WAL of the primary that the replica has not replayed")
                .tag("replica", replica.name())
                .register(meters);
        Gauge.builder("sluice.replica.reading", replica::reading)
                .description("Units of this process that read from the replica")
                .tag("replica", replica.name())
                .register(meters);
    }

    List<Replica> all() {
        return all;
    }

    /** Those that can be read from, the one with the fewest readers first. */
    List<Replica> usable() {
        return all.stream()
                .filter(Replica::isUsable)
                .sorted(Comparator.comparing(Replica::reading))
                .toList();
    }

    @Scheduled(initialDelay = 0, fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void look() {
        if (all.isEmpty()) {
            return;
        }
        try {
            long system = systemOf(primary);
            all.forEach(replica -> look(replica, system));
        } catch (RuntimeException e) {
            log.debug("The replicas are not looked at while the primary does not answer: {}", e.toString());
        }
    }

    private void look(Replica replica, long system) {
        String replayed = replica.look(system);
        lags.put(replica.name(), replayed == null ? Double.NaN : lag(replayed));
    }

    /** Read after the position of the standby, so it is not negative. */
    private double lag(String replayed) {
        return Objects.requireNonNull(primary.queryForObject(
                "select pg_wal_lsn_diff(pg_current_wal_lsn(), cast(? as pg_lsn))::float8", Double.class, replayed));
    }

    static long systemOf(JdbcTemplate primary) {
        return Objects.requireNonNull(
                primary.queryForObject("select system_identifier from pg_control_system()", Long.class));
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        all.forEach(replica -> health.withDetail(
                replica.name(), Objects.requireNonNullElse(replica.fault(), replica.reading() + " units read")));
        return health.build();
    }

    @Override
    public void close() {
        all.forEach(Replica::close);
    }
}
