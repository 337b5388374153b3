package dev.sluice.export;

import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.JobFailure;
import dev.sluice.job.UnitContext;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** Writes the files of one unit: the rows of each, in order, into one blob that is visible once it is complete. */
@Component
class UnitRunner {
    private final Selection selection;
    private final RowStream rows;
    private final BlobStore blobs;
    private final ErrorFile errors;
    private final ExportSettings settings;
    private final ExecutorService committing = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "commit");
        thread.setDaemon(true);
        return thread;
    });

    UnitRunner(Selection selection, RowStream rows, BlobStore blobs, ErrorFile errors, ExportSettings settings) {
        this.selection = selection;
        this.rows = rows;
        this.blobs = blobs;
        this.errors = errors;
        this.settings = settings;
    }

    ExportedFile.Result run(UUID id, ExportJob job, FilePlan.Unit unit, UnitContext context) throws JobFailure {
        List<ExportedFile> error = errors.write(job.place(), unit.issues(), context);
        List<ExportedFile> output = new ArrayList<>();
        List<ExportedFile> deleted = new ArrayList<>();
        long before = 0;
        long rows = 0;
        Map<String, ExportedFile.Cost> costs = new TreeMap<>();
        try (Commits commits = new Commits(context, committing)) {
            for (FilePlan plan : unit.files()) {
                List<ExportedFile> files = plan.kind() == FilePlan.Kind.DELETIONS ? deleted : output;
                long kept = write(id, job, plan, new Way(context, commits, before), files::add);
                before += plan.range().bytes();
                if (plan.kind() != FilePlan.Kind.BLOCKS) {
                    rows += plan.range().rows(); // as many were read, or it would not have come so far
                }
                if (plan.kind() == FilePlan.Kind.RESOURCES) {
                    costs.merge(plan.type(), new ExportedFile.Cost(plan.range().rows(), kept), ExportedFile.Cost::and);
                }
            }
            commits.finish();
        }
        return new ExportedFile.Result(output, deleted, error, rows, costs, Map.of());
    }

    /**
     * A unit on its way.
     *
     * @param before bytes that it read for the files before the one at hand
     */
    private record Way(UnitContext context, Commits commits, long before) {}

    /** Writes one file and returns its lines; none is made, or told to the taker, if its filters leave no line. */
    private long write(UUID id, ExportJob job, FilePlan plan, Way way, Consumer<ExportedFile> taker) throws JobFailure {
        String name = settings.layout().file(plan);
        String next = plan.goesOn() ? settings.layout().file(plan.next()) : null;
        BlobWriter blob =
                blobs.create(job.place().file(name), settings.compression().encoding());
        boolean handedOver = false;
        try {
            LineSink lines = read(id, job, plan, new Target(name, blob, way));
            lines.finish();
            long count = lines.lines();
            if (count > 0) {
                String type = lines.type();
                handedOver = true;
                way.commits.add(blob, written -> taker.accept(new ExportedFile(type, name, count, written, next)));
            }
            return count;
        } finally {
            if (!handedOver) {
                blob.close();
            }
        }
    }

    /** Units have ended by then, and so have their commits. */
    @PreDestroy
    void stop() {
        committing.shutdown();
    }

    /** Where the lines of a file go. */
    private record Target(String name, BlobWriter blob, Way way) {}

    /** Reads the rows of a file. */
    private LineSink read(UUID id, ExportJob job, FilePlan plan, Target to) throws JobFailure {
        ResourceType type = ResourceType.of(plan.type());
        if (plan.kind() == FilePlan.Kind.BLOCKS) {
            BlockPipeline lines =
                    new BlockPipeline(type, selection.elements(job), to.blob, to.way.context, to.way.before);
            List<RowQuery> queries = selection.resources(id, job);
            reconcile(to.name, plan, rows.read(id, queries, plan.range(), lines, to.way.context::onCancel));
            return lines;
        }
        boolean resources = plan.kind() == FilePlan.Kind.RESOURCES;
        Selection.Rows wanted =
                selection.rows(id, job, type, resources ? RowQuery.What.RESOURCES : RowQuery.What.DELETIONS);
        LineSink lines = resources
                ? new RowPipeline(wanted, to.blob, to.way.context, to.way.before)
                : new DeletionBundles(type, to.blob, to.way.context);
        reconcile(to.name, plan, rows.read(wanted.query(), plan.range(), lines, to.way.context::onCancel));
        return lines;
    }

    /** What was read must be what the snapshot holds; anything else would be a silent gap. */
    private static void reconcile(String name, FilePlan plan, long read) throws JobFailure {
        if (read != plan.range().rows()) {
            throw new JobFailure("The snapshot holds " + plan.range().rows() + " rows for " + name + ", but " + read
                    + " were read. The export is given up, since it would be wrong; start it again. If the database was"
                    + " restored from a backup in between, this is expected.");
        }
    }
}
