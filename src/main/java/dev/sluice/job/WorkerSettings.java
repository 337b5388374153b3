package dev.sluice.job;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this process takes part in the work.
 *
 * @param role what it does
 * @param lease how long a process may be silent until others take its steps over
 * @param pollInterval how often an idle process looks for steps that others have added
 */
@ConfigurationProperties("sluice")
record WorkerSettings(
        @DefaultValue("all") Role role,
        @DefaultValue("8s") Duration lease,
        @DefaultValue("1s") Duration pollInterval) {
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LEASE = Duration.ofMinutes(1);
    private static final Duration SHORTEST_POLL = Duration.ofMillis(10);

    enum Role {
        /** Serves requests and runs jobs. */
        ALL,
        /** Serves requests; other processes run the jobs. */
        API,
        /** Runs jobs; other processes serve requests. */
        WORKER;

        boolean runsJobs() {
            return this != API;
        }
    }

    WorkerSettings {
        if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("sluice.lease is " + lease.toMillis()
                    + " ms; it must be at least 1000 ms and at most 60000 ms, such as 8s");
        }
        if (pollInterval.compareTo(SHORTEST_POLL) < 0) {
            throw new IllegalArgumentException("sluice.poll-interval is " + pollInterval.toMillis()
                    + " ms; it must be at least 10 ms, such as 1s");
        }
    }

    /** Tells people where a step runs; the last part keeps processes apart that have the same number in containers. */
    static String processName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown";
        }
        return host + ":" + ProcessHandle.current().pid() + ":"
                + UUID.randomUUID().toString().substring(0, 8);
    }
}
