package dev.sluice.export;

import dev.sluice.job.Job;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.job.UnitContext;
import dev.sluice.store.Blocks;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** An export as a job: plan its files, write those of each unit, list them all; and erase them when nobody wants them. */
@Component
class ExportHandler implements JobHandler {
    static final String KIND = "export";

    private final Groundwork groundwork;
    private final ExportPlanner planner;
    private final UnitRunner runner;
    private final ExportPlaces places;
    private final Governor governor;

    ExportHandler(
            Groundwork groundwork, ExportPlanner planner, UnitRunner runner, ExportPlaces places, Governor governor) {
        this.groundwork = groundwork;
        this.planner = planner;
        this.runner = runner;
        this.places = places;
        this.governor = governor;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Plan plan(Job job) throws JobFailure, InterruptedException {
        ExportJob export = ExportJob.of(job);
        int connections = planner.connections(export);
        governor.turns().begin(connections);
        try {
            return new Plan("", planner.plan(job.id(), export));
        } finally {
            governor.turns().end(connections);
        }
    }

    @Override
    public String run(Job job, String plan, String unit, UnitContext context) throws Exception {
        governor.govern(context);
        ExportedFile.Result result = runner.run(job.id(), ExportJob.of(job), FilePlan.Unit.of(unit), context);
        context.settle();
        return result.text();
    }

    @Override
    public String finish(Job job, String plan, List<String> results) throws Exception {
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
        Map<String, ExportedFile.Cost> costs = new TreeMap<>();
        blocks.forEach(count -> costs.put(count.type(), new ExportedFile.Cost(count.read(), count.taken())));
        ExportedFile.Result whole = all.withEnd(costs, groundwork.dangling(job.id(), export));
        long read = all.rows() + blocks.stream().mapToLong(Blocks.Count::read).sum();
        places.complete(job, whole, () -> reconcile(planner.rows(job.id(), export), read));
        return whole.text();
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

    @Override
    public void discard(Job job) {
        release(job);
        places.erase(job);
    }
}
