package dev.sluice.export;

import dev.sluice.blob.BlobBatch;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.Written;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.JobFailure;
import dev.sluice.job.UnitContext;
import dev.sluice.store.RowQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Writes the files of one unit: the rows of each, in order, into one blob. They become visible together, once all of them
 * are complete.
 */
@Component
class UnitRunner {
    private final Selection selection;
    private final UnitRows rows;
    private final BlobStore blobs;
    private final ErrorFile errors;
    private final ExportSettings settings;

    UnitRunner(Selection selection, UnitRows rows, BlobStore blobs, ErrorFile errors, ExportSettings settings) {
        this.selection = selection;
        this.rows = rows;
        this.blobs = blobs;
        this.errors = errors;
        this.settings = settings;
    }

    ExportedFile.Result run(UUID id, ExportJob job, FilePlan.Unit unit, UnitContext context) throws JobFailure {
        try (BlobBatch batch = blobs.batch()) {
            ExportedFile.Result result = write(id, job, unit, new Desk(batch, context, new RowFaults()));
            batch.commit(context::checkLease);
            return result;
        }
    }

    /** Where the files of a unit are written. */
    private record Desk(BlobBatch batch, UnitContext context, RowFaults faults) {}

    private ExportedFile.Result write(UUID id, ExportJob job, FilePlan.Unit unit, Desk desk) throws JobFailure {
        List<ExportedFile> error = new ArrayList<>(errors.write(job.place(), "1", unit.issues(), desk.batch));
        List<File> output = new ArrayList<>();
        List<File> deleted = new ArrayList<>();
        long before = 0;
        long rows = 0;
        Map<String, ExportedFile.Cost> costs = new TreeMap<>();
        for (FilePlan plan : unit.files()) {
            Optional<File> file = write(id, job, plan, desk, before);
            file.ifPresent((plan.kind() == FilePlan.Kind.DELETIONS ? deleted : output)::add);
            before += plan.range().bytes();
            if (plan.kind() != FilePlan.Kind.BLOCKS) {
                rows += plan.range().rows(); // as many were read, or it would not have come so far
            }
            if (plan.kind() == FilePlan.Kind.RESOURCES) {
                long kept = file.map(File::lines).orElse(0L);
                costs.merge(plan.type(), new ExportedFile.Cost(plan.range().rows(), kept), ExportedFile.Cost::and);
            }
        }
        if (!unit.files().isEmpty()) {
            FilePlan first = unit.files().get(0); // its name is in no other unit
            String name = first.kind() == FilePlan.Kind.RESOURCES
                    ? first.type() + "-" + first.number()
                    : first.kind().name().toLowerCase(Locale.ROOT) + "-" + first.type() + "-" + first.number();
            error.addAll(errors.write(job.place(), name, desk.faults.issues(), desk.batch));
        }
        return new ExportedFile.Result(exported(output), exported(deleted), error, rows, costs, Map.of());
    }

    /** A file of which all is written, and some perhaps not stored yet. */
    private record File(
            @Nullable String type,
            String name,
            long lines,
            Supplier<Written> written,
            @Nullable String next) {
        ExportedFile exported() {
            return new ExportedFile(type, name, lines, written.get(), next);
        }
    }

    private static List<ExportedFile> exported(List<File> files) {
        return files.stream().map(File::exported).toList();
    }

    /** Writes one file; none if its filters leave no line. */
    private Optional<File> write(UUID id, ExportJob job, FilePlan plan, Desk desk, long before) throws JobFailure {
        String name = name(plan);
        String next = plan.goesOn() ? name(plan.next()) : null;
        try (BlobBatch.Part blob =
                desk.batch.create(job.place().file(name), settings.compression().encoding())) {
            LineSink lines = read(id, job, plan, new FileTarget(blob, desk.context, desk.faults, before));
            lines.finish();
            return lines.lines() == 0
                    ? Optional.empty()
                    : Optional.of(new File(lines.type(), name, lines.lines(), blob.end(), next));
        }
    }

    private String name(FilePlan plan) {
        return settings.compression().file(settings.layout().file(plan));
    }

    /** Reads the rows of a file. */
    private LineSink read(UUID id, ExportJob job, FilePlan plan, FileTarget to) throws JobFailure {
        ResourceType type = ResourceType.of(plan.type());
        if (plan.kind() == FilePlan.Kind.BLOCKS) {
            BlockPipeline lines = new BlockPipeline(type, selection.elements(job), to);
            List<RowQuery> queries = selection.resources(id, job);
            reconcile(plan, rows.read(id, queries, plan.range(), lines, to.context()));
            return lines;
        }
        boolean resources = plan.kind() == FilePlan.Kind.RESOURCES;
        Selection.Rows wanted =
                selection.rows(id, job, type, resources ? RowQuery.What.RESOURCES : RowQuery.What.DELETIONS);
        LineSink lines = resources ? new RowPipeline(wanted, to) : new DeletionBundles(type, to.blob(), to.context());
        reconcile(plan, rows.read(wanted.query(), plan.range(), lines, to.context()));
        return lines;
    }

    /** What was read must be what the snapshot holds; anything else would be a silent gap. */
    private void reconcile(FilePlan plan, long read) throws JobFailure {
        if (read != plan.range().rows()) {
            throw new JobFailure("The snapshot holds " + plan.range().rows() + " rows for "
                    + settings.layout().file(plan) + ", but " + read
                    + " were read. The export is given up, since it would be wrong; start it again. If the database was"
                    + " restored from a backup in between, this is expected.");
        }
    }
}
