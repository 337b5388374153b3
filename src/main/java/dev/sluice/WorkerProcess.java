package dev.sluice;

import dev.sluice.cli.WorkCommand;
import dev.sluice.database.DatabaseUnavailableException;
import dev.sluice.database.SchemaVersionException;
import dev.sluice.job.Workers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;

/**
 * A process that runs steps of jobs and serves nothing: the command {@code work}. Only what a step uses is made, so it
 * starts in seconds.
 */
final class WorkerProcess {
    static final int DONE = 0;
    static final int FAULT = 1;
    static final int WRONG_SETTINGS = 2;
    static final int NO_DATABASE = 3;
    static final int OTHER_SCHEMA = 4;

    private static final Logger log = LoggerFactory.getLogger(WorkerProcess.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Workers workers;
    private final WorkCommand.Limits limits;
    private final long begun = System.nanoTime();

    private WorkerProcess(Workers workers, WorkCommand.Limits limits) {
        this.workers = workers;
        this.limits = limits;
    }

    /** Runs steps until a limit is reached; returns the exit code. A signal ends the process, and hands running units back. */
    static int run(WorkCommand.Limits limits, List<String> settings) {
        try (ConfigurableApplicationContext context = start(limits, settings)) {
            return new WorkerProcess(context.getBean(Workers.class), limits).run();
        } catch (RuntimeException e) {
            return exitCode(e);
        }
    }

    private static ConfigurableApplicationContext start(WorkCommand.Limits limits, List<String> settings) {
        ApplicationListener<ApplicationStartedEvent> limit = started -> {
            if (limits.units() != null) {
                started.getApplicationContext().getBean(Workers.class).limitUnits(limits.units());
            }
        };
        return new SpringApplicationBuilder(SluiceApplication.class)
                .web(WebApplicationType.NONE)
                .lazyInitialization(true)
                .logStartupInfo(false)
                .listeners(limit)
                .run(Stream.concat(settings.stream(), Stream.of("--sluice.role=worker"))
                        .toArray(String[]::new));
    }

    /** The failure was logged by {@link StartFailureReporter}, or is a fault of the program. */
    private static int exitCode(RuntimeException failure) {
        if (ExceptionUtils.indexOfType(failure, DatabaseUnavailableException.class) >= 0) {
            return NO_DATABASE;
        }
        if (ExceptionUtils.indexOfType(failure, SchemaVersionException.class) >= 0) {
            return OTHER_SCHEMA;
        }
        return StartFailureReporter.sentence(failure).isPresent() ? WRONG_SETTINGS : FAULT;
    }

    private int run() {
        try {
            while (!isOver()) {
                Thread.sleep(PAUSE.toMillis());
                try {
                    if (mayEnd() && workers.isIdle()) {
                        return ended(DONE, "nothing waits that it may run");
                    }
                } catch (DataAccessException e) {
                    log.debug("The database does not answer; the workers say so, and try again", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return databaseAnswers()
                ? ended(DONE, "its time is over")
                : ended(NO_DATABASE, "its time is over, and the database does not answer");
    }

    private boolean databaseAnswers() {
        try {
            workers.requireDatabase();
            return true;
        } catch (DataAccessException e) {
            return false;
        }
    }

    private boolean mayEnd() {
        return limits.untilIdle() || (limits.units() != null && workers.unitsRun() >= limits.units());
    }

    private boolean isOver() {
        Duration most = limits.maxTime();
        return most != null && System.nanoTime() - begun > most.toNanos();
    }

    private int ended(int exitCode, String why) {
        log.info(
                "This worker ends, since {}. It ran {} units, and {} plans, ends and erasures of jobs.",
                why,
                workers.unitsRun(),
                workers.otherStepsRun());
        return exitCode;
    }
}
