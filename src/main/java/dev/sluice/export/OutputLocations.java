package dev.sluice.export;

import dev.sluice.blob.BlobBatch;
import dev.sluice.blob.BlobException;
import dev.sluice.blob.BlobStore;
import dev.sluice.delta.DeltaExports;
import dev.sluice.delta.TableVersion;
import dev.sluice.fhir.FhirException;
import dev.sluice.job.Job;
import dev.sluice.job.JobStatus;
import dev.sluice.output.UnitResult;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.OutputLocation;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportPlanner;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.OutputLayout;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Manages the locations of job output: creates a location and tests that it can be written, stores the manifest after
 * all files are complete, and deletes the files.
 */
@Component
class OutputLocations {
    private static final Logger log = LoggerFactory.getLogger(OutputLocations.class);

    /** NDJSON of resources is hardly ever compressed to less than this part. */
    private static final int MOST_COMPRESSED = 20;

    private static final String MANIFEST = "manifest.json";

    private final BlobStore blobs;
    private final DeltaExports tables;
    private final OutputLayout layout;
    private final Manifest manifest;
    private final Clock clock;

    OutputLocations(BlobStore blobs, DeltaExports tables, OutputLayout layout, Manifest manifest, Clock clock) {
        this.blobs = blobs;
        this.tables = tables;
        this.layout = layout;
        this.manifest = manifest;
        this.clock = clock;
    }

    /**
     * Creates the container of a location if necessary and tests that it can be written; throws a problem that names
     * the remedy otherwise.
     *
     * @param content a hash of what the export may hold
     * @throws FhirException 400 if the export does not fit to the tables that the container has
     */
    OutputLocation prepare(ExportRequest request, UUID job, String content) {
        OutputLocation location = layout.location(request.value(ExportParameter.CONTAINER), job, clock.instant());
        try {
            blobs.createContainer(location.container());
            blobs.probe(location.container());
            return tables.locate(location, request, content);
        } catch (BlobException e) {
            deleteUnrecorded(location);
            boolean passing = e.reason() == BlobException.Reason.TRANSIENT || e.reason() == BlobException.Reason.FULL;
            throw FhirException.of(
                    passing ? 503 : 500,
                    passing ? "transient" : "no-store",
                    "No export can be written to the storage now, so none was started: " + e.sentence(),
                    e);
        }
    }

    /**
     * Returns if the files of a plan fit in the storage, as far as their size is known. The plan has the size of the rows
     * that are read. Filtered and compressed files may be much smaller; whether they fit is found out while they are
     * written.
     */
    void requireRoom(ExportPlanner.PlannedExport planned) {
        ExportPlan plan = planned.plan();
        long rows = planned.units().stream().mapToLong(PlannedUnit::bytes).sum();
        boolean parts = plan.scans().stream().anyMatch(scan -> !scan.filters().isEmpty() || scan.properties() != null);
        boolean compressed = plan.encoding() != BlobStore.Encoding.IDENTITY;
        blobs.requireRoom(parts ? 0 : compressed ? rows / MOST_COMPRESSED : rows);
    }

    /**
     * Commits an export to the tables of its container.
     *
     * @see DeltaExports#commit
     */
    List<TableVersion> commit(Job job, ExportPlan plan, UnitResult units, Runnable checkLease) {
        Instant since = ExportJob.of(job.id(), job.payload()).request().time(ExportParameter.SINCE);
        String content = Objects.requireNonNull(LocationAndHeader.of(job).hash());
        return tables.commit(job.id(), plan, new DeltaExports.Changes(since, content), units, checkLease);
    }

    /**
     * Stores the manifest next to the files, for clients that read the storage directly. It becomes visible after the
     * check, which runs while it is stored, and only if this process still finishes the job.
     *
     * @param completed writes files that are made at the end, and gives the result with them
     */
    ExportResult storeManifest(
            Job job, Function<BlobBatch, ExportResult> completed, Runnable check, Runnable checkLease) {
        LocationAndHeader output = LocationAndHeader.of(job);
        try (BlobBatch batch = blobs.batch()) {
            ExportResult result = completed.apply(batch);
            byte[] text = manifest.stored(output, result).toString().getBytes(StandardCharsets.UTF_8);
            try (BlobBatch.BatchWriter file =
                    batch.create(output.location().file(MANIFEST), BlobStore.Encoding.IDENTITY)) {
                file.write(text, 0, text.length);
                file.end();
            }
            check.run();
            batch.commit(checkLease);
            return result;
        }
    }

    /**
     * Deletes the output of a job. Files of a finished export in a container that the client named belong to the client
     * and are kept. So are those that belong to tables.
     */
    void erase(Job job) {
        LocationAndHeader.locationOf(job)
                .ifPresentOrElse(
                        location -> erase(job, location),
                        () -> log.warn(
                                "Export {} was made by another version of Sluice, which wrote down in another form where its"
                                        + " files are. If there are some, delete them by hand; the name of their folder or container has the id.",
                                job.id()));
    }

    /** Erases the files of a job that is planned again and writes them again, while this process has its lease. */
    void eraseUnfinished(Job job, Runnable checkLease) {
        LocationAndHeader.locationOf(job).ifPresent(location -> {
            if (location.hasTables()) {
                tables.eraseUnfinished(
                        job.id(), location, LocationAndHeader.timeOf(job), LocationAndHeader.viewsOf(job), checkLease);
            }
            blobs.deletePrefix(location.container(), location.folder(), checkLease);
        });
    }

    private void erase(Job job, OutputLocation location) {
        if (location.own()) {
            blobs.deleteContainer(location.container());
        } else if (job.ending() == null || job.status() == JobStatus.FAILED) {
            if (location.hasTables()) {
                tables.erase(job.id(), location, LocationAndHeader.timeOf(job), LocationAndHeader.viewsOf(job));
            }
            blobs.deletePrefix(location.container(), location.folder());
        }
    }

    /** Deletes a container that was created for a job that was not recorded. */
    void deleteUnrecorded(OutputLocation location) {
        if (location.own()) {
            try {
                blobs.deleteContainer(location.container());
            } catch (BlobException e) {
                log.warn("The container {} stays, empty; delete it by hand: {}", location.container(), e.getMessage());
            }
        }
    }
}
