package dev.sluice.job;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A kind of job whose units do what a test tells them. The payload is their number, or their name and sizes, such as {@code
 * large=500,20,300}.
 */
final class Practice implements JobHandler {
    static final String KIND = "practice";
    static final String PLAN = "the plan";

    final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
    final Map<String, AtomicInteger> faults = new ConcurrentHashMap<>();
    final Map<String, AtomicInteger> exhausts = new ConcurrentHashMap<>();
    final Set<String> held = ConcurrentHashMap.newKeySet();
    final Map<UUID, AtomicInteger> erased = new ConcurrentHashMap<>();
    final AtomicInteger plans = new AtomicInteger();
    final AtomicInteger outdated = new AtomicInteger();
    final AtomicInteger cleared = new AtomicInteger();
    final AtomicInteger finished = new AtomicInteger();
    final AtomicInteger holders = new AtomicInteger();
    final AtomicInteger blocks = new AtomicInteger();
    final CountDownLatch holding = new CountDownLatch(2);
    volatile boolean hold;

    /** Whether units go on although they were told to stop, as one whose files are becoming visible does. */
    volatile boolean deaf;

    /** How often it fails to erase what a job made. */
    volatile int eraseFaults;

    /** Whether this version cannot read its own plans. */
    volatile boolean unreadable;

    volatile boolean confirms;
    volatile long pauseMillis;
    private final String kind;
    volatile String failure = "";
    volatile @Nullable RuntimeException bug;

    /** How far each try of a unit gets before it fails; the last one stands for all that follow. */
    volatile List<Integer> reaches = List.of();

    Practice() {
        this(KIND);
    }

    /** Another kind of job. */
    Practice(String kind) {
        this.kind = kind;
    }

    /** How often a unit was begun. */
    int runs(String unit) {
        return runs.getOrDefault(unit, new AtomicInteger()).get();
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public Plan plan(Job job) {
        plans.incrementAndGet();
        int name = job.payload().indexOf('=');
        if (name < 0) {
            return new Plan(
                    PLAN,
                    IntStream.range(0, Integer.parseInt(job.payload()))
                            .mapToObj(n -> unit(Integer.toString(n), 10))
                            .toList());
        }
        String[] sizes = job.payload().substring(name + 1).split(",", -1);
        return new Plan(
                PLAN,
                IntStream.range(0, sizes.length)
                        .mapToObj(n -> unit(job.payload().substring(0, name) + n, Long.parseLong(sizes[n])))
                        .toList());
    }

    private static Unit unit(String payload, long bytes) {
        return new Unit(payload, bytes, Map.of("practice", new Part(bytes, 1L)));
    }

    @Override
    public String run(Job job, String plan, String unit, UnitContext context) throws Exception {
        if (!plan.equals(PLAN) || unreadable) {
            throw new OutdatedPlanException("has a plan of another form");
        }
        runs.computeIfAbsent(unit, u -> new AtomicInteger()).incrementAndGet();
        if (isHeld(unit)) {
            holdUntilStopped(unit, context);
        }
        holdWhileDeaf();
        if (blocks.getAndDecrement() > 0) {
            new CountDownLatch(1).await();
        }
        if (faults.containsKey(unit) && faults.get(unit).getAndDecrement() > 0) {
            throw new TransientFailure("a fault that passes, at https://me:pw@host/?sig=abc");
        }
        if (exhausts.containsKey(unit) && exhausts.get(unit).getAndDecrement() > 0) {
            return "did " + new long[Integer.MAX_VALUE].length; // more than the heap of any test
        }
        if (!failure.isEmpty()) {
            throw new JobFailure(failure);
        }
        RuntimeException fault = bug;
        if (fault != null) {
            throw fault;
        }
        if (!reaches.isEmpty()) {
            context.progress(reaches.get(Math.min(runs(unit), reaches.size()) - 1));
            context.throttle(
                    "a test",
                    () -> { // so that it is noted
                        Thread.sleep(600);
                        return true;
                    });
            throw new TransientFailure("the connection was lost");
        }
        Thread.sleep(pauseMillis);
        if (confirms) {
            context.checkLease();
        }
        return "did " + unit;
    }

    private void holdWhileDeaf() {
        for (boolean first = true; deaf; first = false) {
            if (first) {
                holders.incrementAndGet();
            }
            LockSupport.parkNanos(10_000_000);
            Thread.interrupted();
        }
    }

    private boolean isHeld(String unit) {
        return hold || held.contains(unit);
    }

    private void holdUntilStopped(String unit, UnitContext context) throws InterruptedException {
        holders.incrementAndGet();
        holding.countDown();
        try {
            for (int i = 0; i < 1_000 && isHeld(unit); i++) {
                context.check();
                Thread.sleep(10);
            }
        } finally {
            holders.decrementAndGet();
        }
    }

    @Override
    public String finish(Job job, String plan, List<String> results, Runnable checkLease) {
        while (held.contains("finish")) {
            LockSupport.parkNanos(10_000_000);
        }
        if (confirms) {
            checkLease.run();
        }
        finished.incrementAndGet();
        return results.toString();
    }

    @Override
    public void eraseOutdated(Job job, Runnable checkLease) {
        outdated.incrementAndGet();
        while (held.contains("outdated")) {
            LockSupport.parkNanos(10_000_000);
        }
        checkLease.run();
    }

    @Override
    public void deleteWorkingRows(Job job) {
        cleared.incrementAndGet();
    }

    @Override
    public void erase(Job job) {
        int times = erased.computeIfAbsent(job.id(), id -> new AtomicInteger()).incrementAndGet();
        if (times <= eraseFaults) {
            throw new IllegalStateException("the storage is away");
        }
    }
}
