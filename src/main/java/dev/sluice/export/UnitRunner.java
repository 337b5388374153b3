package dev.sluice.export;

import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.Written;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.JobFailure;
import dev.sluice.job.UnitContext;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Writes the files of one unit: the rows of each, in order, into one blob that is visible once it is complete. */
@Component
class UnitRunner {
    private final Selection selection;
    private final RowStream rows;
    private final BlobStore blobs;
    private final ExportSettings settings;

    UnitRunner(Selection selection, RowStream rows, BlobStore blobs, ExportSettings settings) {
        this.selection = selection;
        this.rows = rows;
        this.blobs = blobs;
        this.settings = settings;
    }

    ExportedFile.Unit run(UUID id, ExportJob job, FilePlan.Unit unit, UnitContext context) throws JobFailure {
        List<ExportedFile> output = new ArrayList<>();
        List<ExportedFile> deleted = new ArrayList<>();
        long before = 0;
        long rows = 0;
        Map<String, Long> read = new TreeMap<>();
        for (FilePlan plan : unit.files()) {
            List<ExportedFile> files = plan.what() == RowQuery.What.RESOURCES ? output : deleted;
            write(id, job, plan, context, before).ifPresent(files::add);
            before += plan.range().bytes();
            rows += plan.range().rows(); // as many were read, or it would not have come so far
            if (plan.what() == RowQuery.What.RESOURCES) {
                read.merge(plan.type(), plan.range().rows(), Long::sum);
            }
        }
        return new ExportedFile.Unit(output, deleted, rows, read);
    }

    /** Writes one file; none if its filters leave no line. */
    private Optional<ExportedFile> write(UUID id, ExportJob job, FilePlan plan, UnitContext context, long before)
            throws JobFailure {
        Selection.Rows wanted = selection.rows(id, job, ResourceType.of(plan.type()), plan.what());
        String name = settings.layout().file(plan);
        try (BlobWriter blob =
                blobs.create(job.place().file(name), settings.compression().encoding())) {
            LineSink lines = plan.what() == RowQuery.What.RESOURCES
                    ? new RowPipeline(wanted, blob, context, before)
                    : new DeletionBundles(wanted.query().type(), blob, context);
            long read = rows.read(wanted.query(), plan.range(), lines, context::onCancel);
            reconcile(name, plan.range().rows(), read);
            lines.finish();
            if (lines.lines() == 0) {
                return Optional.empty();
            }
            context.confirm();
            Written written = blob.commit();
            return Optional.of(new ExportedFile(lines.type(), name, lines.lines(), written.bytes(), written.sha256()));
        }
    }

    /** What was read must be what the snapshot holds; anything else would be a silent gap. */
    private static void reconcile(String name, long planned, long read) throws JobFailure {
        if (read != planned) {
            throw new JobFailure("The snapshot holds " + planned + " rows for " + name + ", but " + read
                    + " were read. The export is given up, since it would be wrong; start it again. If the database was"
                    + " restored from a backup in between, this is expected.");
        }
    }
}
