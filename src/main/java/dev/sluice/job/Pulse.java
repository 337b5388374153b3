package dev.sluice.job;

import dev.sluice.job.UnitContext.News;
import dev.sluice.job.UnitContext.Stop;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.HashSet;
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
 * Looks four times a second after the units that this process runs: tells those of ended jobs and those that are stuck to
 * stop, and writes down how far the others are. It costs nothing while no unit runs.
 */
@Component
class Pulse {
    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    private static final long PERIOD_MILLIS = 250;

    private final JobRepository jobs;
    private final WorkUnitRepository units;
    private final Agenda agenda;
    private final JobSettings settings;
    private final Clock clock;
    private final Set<UnitContext> running = ConcurrentHashMap.newKeySet();
    private final Timer timer = new Timer("job-pulse", true);
    /** By itself, since a question to a database that is away may take for ever. */
    private final Timer stuck = new Timer("job-stuck", true);

    Pulse(JobRepository jobs, WorkUnitRepository units, Agenda agenda, JobSettings settings, Clock clock) {
        this.jobs = jobs;
        this.units = units;
        this.agenda = agenda;
        this.settings = settings;
        this.clock = clock;
        every(timer, this::beat);
        every(stuck, this::stopStuck);
    }

    /** Called by the thread that runs the unit, as is {@link #stop}. */
    UnitContext start(UUID job, Lease lease) {
        UnitContext context = new UnitContext(job, lease.unit(), () -> agenda.lets(lease));
        running.add(context);
        return context;
    }

    void stop(UnitContext context) {
        running.remove(context);
        context.close();
    }

    /** Has every unit of this process stop, so that others can do it. */
    void handBack() {
        running.forEach(context -> context.stop(Stop.HANDED_BACK));
    }

    @PreDestroy
    void close() {
        timer.cancel();
        stuck.cancel();
    }

    private void beat() {
        if (running.isEmpty()) {
            return;
        }
        try {
            Set<UUID> asked = running.stream().map(UnitContext::job).collect(Collectors.toSet());
            Set<UUID> alive = new HashSet<>(jobs.running(asked));
            running.forEach(context -> {
                // A unit that started after the question was asked is looked at next time.
                if (alive.contains(context.job())) {
                    context.news().ifPresent(news -> report(context, news));
                } else if (asked.contains(context.job())) {
                    context.stop(Stop.JOB_OVER);
                }
            });
        } catch (RuntimeException e) {
            log.warn("Running units could not be looked after; they go on, and are tried again: {}", e.toString());
        }
    }

    private void report(UnitContext context, News news) {
        units.progress(context.unit(), news.done(), news.heldBy());
        jobs.touch(context.job(), clock.instant());
    }

    private void stopStuck() {
        running.stream()
                .filter(context -> context.idle().compareTo(settings.stallLimit()) > 0)
                .forEach(context -> context.stop(Stop.STALLED));
    }

    private static void every(Timer timer, Runnable action) {
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        action.run();
                    }
                },
                PERIOD_MILLIS,
                PERIOD_MILLIS);
    }
}
