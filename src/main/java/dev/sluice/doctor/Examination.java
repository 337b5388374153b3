package dev.sluice.doctor;

import dev.sluice.doctor.Finding.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs checks one after the other and reports what they find. No check takes longer than the limit, and none keeps
 * another one from running, except that checks which need the database are left out if it cannot be used.
 */
public final class Examination {
    /** How long the parts of a check may take that run at the same time. It is less than the limit of a check. */
    private static final Duration PARTS = Duration.ofSeconds(11);

    private static final int MOST_THREADS = 32;

    private final Duration limit;
    private final BiFunction<Topic, Throwable, Finding> faults;
    private final Consumer<Finding> report;
    private final List<Finding> found = new ArrayList<>();

    /**
     * @param limit the longest time of a check
     * @param faults what an exception of a check means
     * @param report gets each finding when it is known
     */
    public Examination(Duration limit, BiFunction<Topic, Throwable, Finding> faults, Consumer<Finding> report) {
        this.limit = limit;
        this.faults = faults;
        this.report = report;
    }

    /** Makes a check and runs it; to make it counts as a part of it. */
    public void run(Topic topic, boolean needsDatabase, Supplier<Check> check) {
        if (needsDatabase && hasFailed(Topic.DATABASE)) {
            add(Finding.skipped(topic, "Not checked, because the database cannot be used."));
            return;
        }
        for (Finding finding : bounded(topic, check)) {
            add(
                    isTold(finding)
                            ? Finding.skipped(topic, "Not checked, because of a problem that is told above.")
                            : finding);
        }
    }

    private boolean isTold(Finding finding) {
        return finding.level() == Level.PROBLEM
                && found.stream()
                        .anyMatch(earlier -> earlier.level() == Level.PROBLEM
                                && earlier.text().equals(finding.text()));
    }

    private void add(Finding finding) {
        if (!found.contains(finding)) {
            found.add(finding);
            report.accept(finding);
        }
    }

    private boolean hasFailed(Topic topic) {
        return found.stream()
                .anyMatch(finding -> finding.topic() == topic
                        && (finding.level() == Level.PROBLEM || finding.level() == Level.SKIPPED));
    }

    private List<Finding> bounded(Topic topic, Supplier<Check> check) {
        FutureTask<List<Finding>> work = new FutureTask<>(() -> check.get().run());
        daemon(work, "doctor-" + topic).start();
        try {
            return work.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return List.of(faults.apply(topic, e.getCause()));
        } catch (TimeoutException e) {
            work.cancel(true);
            return List.of(late(topic, "This check", limit));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(Finding.skipped(topic, "The check was interrupted."));
        }
    }

    /**
     * Runs the parts of a check at the same time. A part that is not ready soon enough is a problem.
     *
     * @param parts by what they ask, such as a URL
     */
    public static List<Finding> atTheSameTime(Topic topic, Map<String, Callable<Finding>> parts) {
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.max(1, Math.min(MOST_THREADS, parts.size())), task -> daemon(task, "doctor-part"));
        try {
            List<Finding> findings = new ArrayList<>();
            Iterator<String> names = parts.keySet().iterator();
            for (Future<Finding> part :
                    threads.invokeAll(List.copyOf(parts.values()), PARTS.toMillis(), TimeUnit.MILLISECONDS)) {
                String name = names.next();
                findings.add(part.isCancelled() ? late(topic, name, PARTS) : result(part));
            }
            return findings;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(Finding.skipped(topic, "The check was interrupted."));
        } finally {
            threads.shutdownNow();
        }
    }

    private static Finding result(Future<Finding> part) throws InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static Finding late(Topic topic, String what, Duration limit) {
        return Finding.problem(
                topic,
                what + " had no answer within " + limit.toSeconds() + " seconds.",
                "Look for a firewall or a route that drops its connections, or for a server that hangs.");
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
