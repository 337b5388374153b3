package dev.sluice.throttle;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits on the resources that exports use.
 *
 * @param maxBytesPerSecond the bytes of rows that all units of this process together read per second; null = no limit
 * @param maxDatabaseConnections the connections that exports of this process use at a time; null = limited only by the
 *     number of workers
 * @param yield whether units slow down while requests are slow
 */
@ConfigurationProperties("sluice.export")
record ThrottleSettings(
        @Nullable DataSize maxBytesPerSecond,
        @Nullable Integer maxDatabaseConnections,
        @DefaultValue("true") boolean yield) {
    static final String BYTES_KEY = "sluice.export.max-bytes-per-second";
    static final String CONNECTIONS_KEY = "sluice.export.max-database-connections";
    static final String YIELD_KEY = "sluice.export.yield";
    static final List<String> KEYS = List.of(BYTES_KEY, CONNECTIONS_KEY, YIELD_KEY);

    ThrottleSettings {
        if (maxBytesPerSecond != null && maxBytesPerSecond.toBytes() < 1) {
            throw new IllegalArgumentException(
                    BYTES_KEY + " is " + maxBytesPerSecond + "; it must be 1B or more, or left out, for no limit");
        }
        if (maxDatabaseConnections != null && maxDatabaseConnections < 1) {
            throw new IllegalArgumentException(CONNECTIONS_KEY + " is " + maxDatabaseConnections
                    + "; it must be 1 or more, or left out, for no other limit than sluice.export.workers");
        }
    }
}
