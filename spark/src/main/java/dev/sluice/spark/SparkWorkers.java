package dev.sluice.spark;

import java.time.Duration;
import java.time.Instant;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The Spark application: it looks for steps of jobs in the database of the server, and submits tasks that run them. It
 * holds no state. {@code docs/spark.md} says how it is submitted.
 */
public final class SparkWorkers {
    private static final long SHORTEST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    /** As a server that starts: for so long the database may be away. */
    private static final Duration LONGEST_WITHOUT_DATABASE = Duration.ofMinutes(5);

    private final Arguments arguments;
    private final RunningTasks tasks;
    private final JobQueue queue;
    private final Instant begun = Instant.now();
    private Instant answered = begun;

    private SparkWorkers(Arguments arguments, JavaSparkContext spark) {
        this.arguments = arguments;
        this.tasks = new RunningTasks(spark);
        this.queue = JobQueue.get();
    }

    /** Runs until the time is over, or nothing is left; see {@link Arguments}. */
    public static void main(String[] args) throws InterruptedException {
        Arguments arguments = Arguments.of(args);
        SparkConf conf = new SparkConf()
                .setIfMissing("spark.app.name", "Sluice workers")
                // A copy of a task would find no step, and its end would kill the task that runs one.
                .set("spark.speculation", "false");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            // A task that is cancelled is interrupted, and hands its unit back.
            spark.setJobGroup("sluice", "Steps of jobs", true);
            new SparkWorkers(arguments, spark).run();
        } finally {
            JobQueue.end();
        }
    }

    private void run() throws InterruptedException {
        boolean submitted = false;
        long steps = 0;
        long pause = SHORTEST_PAUSE_MILLIS;
        while (!arguments.isOver(begun)) {
            boolean over = tasks.areOver();
            // Limits of jobs and clients may withhold steps that are due: tasks find none then.
            boolean inVain = submitted && over && tasks.stepsRun() == steps;
            pause = inVain ? Math.min(2 * pause, LONGEST_PAUSE_MILLIS) : SHORTEST_PAUSE_MILLIS;
            steps = tasks.stepsRun();
            try {
                submitted = tasks.submitFor(queue.due());
                answered = Instant.now();
                if (over && !submitted && arguments.untilIdle() && queue.isIdle()) {
                    return;
                }
            } catch (IllegalStateException e) {
                if (answered.plus(LONGEST_WITHOUT_DATABASE).isBefore(Instant.now())) {
                    throw e;
                }
                tasks.forgetFailures(); // without the database, each task fails
            }
            tasks.requireSuccess();
            Thread.sleep(pause);
        }
        tasks.cancel();
    }
}
