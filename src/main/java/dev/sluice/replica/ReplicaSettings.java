package dev.sluice.replica;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The standbys from which units read their rows.
 *
 * @param databases the standbys, by the names that logs and metrics have for them
 * @param maxWait how long the units of an export wait for a standby that has not replayed its plan; then they read from the
 *     primary
 * @param timeout after this time without a byte from a standby, a unit reads from the primary
 */
@ConfigurationProperties("sluice.replicas")
record ReplicaSettings(
        @DefaultValue Map<String, ReplicaDatabase> databases,
        @DefaultValue("10s") Duration maxWait,
        @DefaultValue("60s") Duration timeout) {
    static final String MAX_WAIT_KEY = "sluice.replicas.max-wait";
    private static final Duration LONGEST = Duration.ofHours(1);

    /**
     * A standby.
     *
     * @param url its JDBC URL
     * @param username null = that of the primary
     * @param password null = that of the primary
     * @param maxConnections the number of units of this process that read from it at a time; null = no limit but the
     *     number of workers
     */
    record ReplicaDatabase(
            @Nullable String url,
            @Nullable String username,
            @Nullable String password,
            @Nullable Integer maxConnections) {

        /** Without the password, since settings are written to logs. */
        @Override
        public String toString() {
            return "ReplicaDatabase[url=" + url + ", username=" + username + ", maxConnections=" + maxConnections + "]";
        }
    }

    ReplicaSettings {
        databases = Map.copyOf(databases);
        databases.forEach(ReplicaSettings::check);
        if (maxWait.isNegative() || maxWait.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(MAX_WAIT_KEY + " is " + maxWait + "; it must be from 0s to 1h");
        }
        if (timeout.toSeconds() < 1 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("sluice.replicas.timeout is " + timeout + "; it must be from 1s to 1h");
        }
    }

    private static void check(String name, ReplicaDatabase replica) {
        String key = "sluice.replicas.databases." + name;
        if (name.equals(Replicas.PRIMARY)) {
            throw new IllegalArgumentException(key + " has the name of the primary; give the replica another one");
        }
        if (replica.url() == null || !replica.url().startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(key
                    + ".url is missing or is no URL of PostgreSQL; it must be like jdbc:postgresql://host/database");
        }
        if (replica.maxConnections() != null && replica.maxConnections() < 1) {
            throw new IllegalArgumentException(key + ".max-connections is " + replica.maxConnections()
                    + "; it must be 1 or more, or left out, for no other limit than sluice.export.workers");
        }
    }
}
