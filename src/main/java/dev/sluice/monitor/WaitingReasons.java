package dev.sluice.monitor;

import dev.sluice.monitor.WaitingReason.Kind;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds out why a job does not go on. */
final class WaitingReasons {
    private WaitingReasons() {}

    /** Why a job does not go on, or goes on slowly; null = it has ended, or nothing holds it back. */
    static @Nullable WaitingReason of(JdbcClient jdbc, JobSummary job) {
        if (job.state().isEnd()) {
            return null;
        }
        if (job.paused() != null) {
            return new WaitingReason(Kind.PAUSED, "It is paused since " + job.paused() + ". Resume it to go on.");
        }
        return null;
    }
}
