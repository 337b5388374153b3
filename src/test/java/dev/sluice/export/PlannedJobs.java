package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceServer;
import dev.sluice.job.Job;
import dev.sluice.job.JobStatus;
import dev.sluice.plan.OutputLocation;
import dev.sluice.planner.ExportBounds;
import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.store.ClosedTimestamps;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs whose steps a test runs itself. */
final class PlannedJobs {
    private PlannedJobs() {}

    /** An export of everything as of now, which no worker takes. */
    static Job job(SluiceServer server, String container, Map<ExportParameter, List<String>> parameters) {
        Instant now = server.bean(TransactionTemplate.class)
                .execute(status -> server.bean(ClosedTimestamps.class).close());
        assertThat(now).isNotNull();
        ExportRequest request =
                new ExportRequest(new ExportScope.Everything(), parameters, false, ExportBounds.NONE, List.of());
        ExportJob export = new ExportJob(request, "", now, null, new OutputLocation(container, "", true));
        return new Job(
                UUID.randomUUID(),
                ExportHandler.KIND,
                "",
                export.payload(),
                LocationAndHeader.of(export).text(),
                JobStatus.RUNNING,
                new Job.Progress(0, 0, now, now, null, null, null),
                null);
    }
}
