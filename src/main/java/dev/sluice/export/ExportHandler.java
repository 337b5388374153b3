package dev.sluice.export;

import dev.sluice.blob.BlobProblem;
import dev.sluice.blob.BlobStore;
import dev.sluice.job.Job;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.job.JobStatus;
import dev.sluice.job.UnitContext;
import dev.sluice.store.Blocks;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** An export as a job: plan its files, write those of each unit, list them all; and erase them when nobody wants them. */
@Component
class ExportHandler implements JobHandler {
    static final String KIND = "export";

    private static final Logger log = LoggerFactory.getLogger(ExportHandler.class);

    private final Groundwork groundwork;
    private final ExportPlanner planner;
    private final UnitRunner runner;
    private final BlobStore blobs;
    private final Governor governor;

    ExportHandler(Groundwork groundwork, ExportPlanner planner, UnitRunner runner, BlobStore blobs, Governor governor) {
        this.groundwork = groundwork;
        this.planner = planner;
        this.runner = runner;
        this.blobs = blobs;
        this.governor = governor;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public List<Unit> plan(Job job) throws JobFailure, InterruptedException {
        ExportJob export = ExportJob.of(job);
        int connections = planner.connections(export);
        governor.turns().begin(connections);
        try {
            return planner.plan(job.id(), export);
        } finally {
            governor.turns().end(connections);
        }
    }

    @Override
    public String run(Job job, String unit, UnitContext context) throws Exception {
        governor.govern(context);
        try {
            ExportedFile.Result result = runner.run(job.id(), ExportJob.of(job), FilePlan.Unit.of(unit), context);
            context.settle();
            return result.text();
        } catch (BlobProblem e) {
            throw lasting(e);
        }
    }

    @Override
    public String finish(Job job, List<String> results) throws JobFailure, InterruptedException {
        governor.turns().begin(1);
        try {
            return finish(job, ExportJob.of(job), results);
        } finally {
            governor.turns().end(1);
        }
    }

    private String finish(Job job, ExportJob export, List<String> results) throws JobFailure {
        ExportedFile.Result all = ExportedFile.Result.of(results);
        List<Blocks.Count> blocks = planner.blocks(job.id());
        reconcile(
                planner.rows(job.id(), export),
                all.rows() + blocks.stream().mapToLong(Blocks.Count::read).sum());
        Map<String, ExportedFile.Cost> costs = new TreeMap<>();
        blocks.forEach(count -> costs.put(count.type(), new ExportedFile.Cost(count.read(), count.taken())));
        return all.withEnd(costs, groundwork.dangling(job.id(), export)).text();
    }

    /** Planning, reading and this count are three looks at one moment; they must agree. */
    private static void reconcile(long snapshot, long read) throws JobFailure {
        if (snapshot != read) {
            throw new JobFailure("The snapshot holds " + snapshot + " rows, but " + read + " were read. The export is"
                    + " given up, since it would be wrong; start it again. If the database was restored from a backup"
                    + " in between, this is expected.");
        }
    }

    @Override
    public void release(Job job) {
        groundwork.release(job.id());
        planner.release(job.id());
    }

    /** Files of a finished export in a container that the client named are the client's; they stay. */
    @Override
    public void discard(Job job) {
        release(job);
        ExportJob.placeOf(job)
                .ifPresentOrElse(
                        place -> erase(job, place),
                        () -> log.warn(
                                "Export {} was made by another version of Sluice, which wrote down in another form where its"
                                        + " files are. If there are some, delete them by hand; its id is in their place's name.",
                                job.id()));
    }

    private void erase(Job job, ExportJob.Place place) {
        if (place.own()) {
            blobs.deleteContainer(place.container());
        } else if (job.ending() == null || job.status() == JobStatus.FAILED) {
            blobs.deletePrefix(place.container(), place.folder());
        }
    }

    /** A fault of the storage that would be the same next time ends the job; any other is tried again. */
    private static Exception lasting(BlobProblem problem) {
        return problem.reason() == BlobProblem.Reason.TRANSIENT
                ? problem
                : new JobFailure(String.valueOf(problem.getMessage()), problem);
    }
}
