package dev.sluice.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.spark.SparkJobInfo;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/** The tasks that this application has submitted and that have not ended. For use by one thread. */
final class RunningTasks {
    /** A job of Spark with more tasks takes long to submit. */
    private static final int MOST = 10_000;

    /** So many jobs of Spark in a row fail before the application does. Each has tried its tasks four times. */
    private static final int MOST_FAILURES = 3;

    private final JavaSparkContext spark;
    private final LongAccumulator steps;
    private final List<Submitted> submitted = new ArrayList<>();
    private int failures;
    private Throwable failure;

    /** A job of Spark. */
    private record Submitted(JavaFutureAction<Void> action, int tasks) {}

    RunningTasks(JavaSparkContext spark) {
        this.spark = spark;
        this.steps = spark.sc().longAccumulator("steps");
    }

    /** Submits more tasks, so that as many wait as steps are due; false if there are enough. */
    boolean submitFor(long due) {
        long missing =
                Math.min(MOST, due - submitted.stream().mapToLong(this::waiting).sum());
        if (missing > 0) {
            int tasks = (int) missing;
            List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
            submitted.add(
                    new Submitted(spark.parallelize(numbers, tasks).foreachPartitionAsync(new JobTask(steps)), tasks));
        }
        return missing > 0;
    }

    /** The tasks that Spark has not started yet. */
    private long waiting(Submitted job) {
        long started = 0;
        for (int id : job.action().jobIds()) {
            SparkJobInfo info = spark.statusTracker().getJobInfo(id);
            if (info == null) {
                continue;
            }
            for (int stage : info.stageIds()) {
                SparkStageInfo tasks = spark.statusTracker().getStageInfo(stage);
                started += tasks == null ? 0 : tasks.numActiveTasks() + tasks.numCompletedTasks();
            }
        }
        return Math.max(0, job.tasks() - started);
    }

    /** Whether no task runs or waits. */
    boolean areOver() throws InterruptedException {
        for (Iterator<Submitted> jobs = submitted.iterator(); jobs.hasNext(); ) {
            JavaFutureAction<Void> action = jobs.next().action();
            if (action.isDone()) {
                jobs.remove();
                check(action);
            }
        }
        return submitted.isEmpty();
    }

    private void check(JavaFutureAction<Void> action) throws InterruptedException {
        try {
            action.get();
            failures = 0;
        } catch (ExecutionException e) {
            failures++;
            failure = e.getCause();
        } catch (CancellationException e) {
            // By somebody who looks at the application; what is due is submitted again.
        }
    }

    /**
     * Returns unless tasks fail again and again.
     *
     * @throws IllegalStateException if they do; the message is that of Spark
     */
    void requireSuccess() {
        if (failures >= MOST_FAILURES) {
            throw new IllegalStateException("The tasks fail: " + failure.getMessage(), failure);
        }
    }

    /** Does not count the failures so far: their cause is known, and passes. */
    void forgetFailures() {
        failures = 0;
    }

    /** The number of steps that tasks which have ended have run. */
    long stepsRun() {
        return steps.value();
    }

    /** Has all tasks end. Units that run are handed back, so that any process can take them. */
    void cancel() {
        submitted.forEach(job -> job.action().cancel(true));
        spark.sc().cancelAllJobs();
    }
}
