package dev.sluice.spark;

import java.util.Iterator;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.util.LongAccumulator;

/**
 * A task of Spark: it runs steps of jobs until none is due. Which steps these are is decided by leases in the database,
 * so a task that is started twice, or again after its executor was lost, runs others or none.
 */
final class JobTask implements VoidFunction<Iterator<Integer>> {
    private static final long serialVersionUID = 1L;

    /** Counts the steps that ended, for the driver and for the pages of Spark. */
    private final LongAccumulator steps;

    JobTask(LongAccumulator steps) {
        this.steps = steps;
    }

    @Override
    public void call(Iterator<Integer> ignored) throws InterruptedException {
        JobQueue queue = JobQueue.get();
        while (queue.runNext()) {
            steps.add(1);
            if (Thread.interrupted()) {
                throw new InterruptedException("the task is killed");
            }
        }
    }
}
