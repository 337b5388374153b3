package dev.sluice.job;

import static org.awaitility.Awaitility.await;

import dev.sluice.job.WorkerSettings.Role;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionOperations;

class UnitMonitorTest {
    private static final WorkerSettings WORKERS =
            new WorkerSettings(Role.ALL, Duration.ofSeconds(1), Duration.ofSeconds(1));
    private static final JobSettings JOBS = new JobSettings(
            1, 0, null, null, 100, Duration.ofDays(7), Duration.ofMinutes(30), Duration.ofMinutes(10), Duration.ZERO);

    /** All leases of the process would be lost by one error, such as a lack of memory. */
    @Test
    void leasesAreRenewedAfterAnError() {
        AtomicInteger renewals = new AtomicInteger();
        JdbcClient none = JdbcClient.create(new DriverManagerDataSource());
        StepQueue failing = new StepQueue(WORKERS, JOBS, none, TransactionOperations.withoutTransaction()) {
            @Override
            void renew(Collection<Lease> leases) {
                if (renewals.incrementAndGet() == 1) {
                    throw new OutOfMemoryError();
                }
            }
        };
        UnitMonitor monitor = new UnitMonitor(failing, new ProgressRecorder(none, failing), JOBS, WORKERS);
        try {
            await().until(() -> renewals.get() > 2);
        } finally {
            monitor.close();
        }
    }
}
