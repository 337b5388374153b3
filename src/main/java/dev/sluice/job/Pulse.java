package dev.sluice.job;

import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks four times a second after the units that this process runs: tells those of ended jobs to stop, and writes down
 * how far the others are. It costs nothing while no unit runs.
 */
@Component
class Pulse {
    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    private static final long PERIOD_MILLIS = 250;

    private record Running(UUID job, UnitContext context) {}

    private final JobRepository jobs;
    private final WorkUnitRepository units;
    private final Clock clock;
    private final Map<Long, Running> running = new ConcurrentHashMap<>();
    private final Map<Long, Long> written = new ConcurrentHashMap<>();
    private final Timer timer = new Timer("job-pulse", true);

    Pulse(JobRepository jobs, WorkUnitRepository units, Clock clock) {
        this.jobs = jobs;
        this.units = units;
        this.clock = clock;
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        beat();
                    }
                },
                PERIOD_MILLIS,
                PERIOD_MILLIS);
    }

    UnitContext start(UUID job, long unit) {
        UnitContext context = new UnitContext();
        running.put(unit, new Running(job, context));
        return context;
    }

    void stop(long unit) {
        running.remove(unit);
        written.remove(unit);
    }

    @PreDestroy
    void close() {
        timer.cancel();
    }

    private void beat() {
        if (running.isEmpty()) {
            return;
        }
        try {
            Set<UUID> asked = running.values().stream().map(Running::job).collect(Collectors.toSet());
            Set<UUID> alive = new HashSet<>(jobs.running(asked));
            running.forEach((unit, run) -> {
                // A unit that started after the question was asked is looked at next time.
                if (alive.contains(run.job())) {
                    report(unit, run);
                } else if (asked.contains(run.job())) {
                    run.context().cancel();
                }
            });
        } catch (RuntimeException e) {
            log.warn("Running units could not be looked after; they go on, and are tried again: {}", e.toString());
        }
    }

    private void report(long unit, Running run) {
        long done = run.context().done();
        if (done != written.getOrDefault(unit, 0L)) {
            written.put(unit, done);
            units.progress(unit, done);
            jobs.touch(run.job(), clock.instant());
        }
    }
}
