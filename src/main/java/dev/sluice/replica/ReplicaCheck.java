package dev.sluice.replica;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Checks whether each replica answers, is a standby of the database, and how its settings treat long reads. */
@Examines(value = Topic.REPLICAS, needsDatabase = true)
final class ReplicaCheck implements Check {
    private final ReplicaSettings settings;
    private final DataSource primary;

    ReplicaCheck(ReplicaSettings settings, DataSource primary) {
        this.settings = settings;
        this.primary = primary;
    }

    @Override
    public List<Finding> run() {
        if (settings.databases().isEmpty()) {
            return List.of(Finding.ok(Topic.REPLICAS, "No replicas are set; exports read from the database itself."));
        }
        long system = Replicas.systemOf(new JdbcTemplate(primary));
        List<Finding> findings = new ArrayList<>();
        new TreeMap<>(settings.databases()).forEach((name, database) -> {
            try (Replica replica =
                    new Replica(name, database, primary.unwrap(HikariDataSource.class), settings.timeout())) {
                findings.add(finding(replica, system));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        return findings;
    }

    private static Finding finding(Replica replica, long system) {
        String replayed = replica.look(system);
        String text = "The replica " + replica.name();
        if (replayed == null) {
            return Finding.warning(
                    Topic.REPLICAS,
                    text + " cannot be read from: " + replica.fault(),
                    "Exports read from other replicas or the primary. Correct sluice.replicas.databases."
                            + replica.name() + ", or the replica.");
        }
        return replica.cancelsSoon()
                ? Finding.warning(
                        Topic.REPLICAS,
                        text + " can be read from, but cancels reads that keep it from replaying.",
                        "Set hot_standby_feedback = on there, or a longer max_standby_streaming_delay.")
                : Finding.ok(Topic.REPLICAS, text + " can be read from; it has replayed up to " + replayed + ".");
    }
}
