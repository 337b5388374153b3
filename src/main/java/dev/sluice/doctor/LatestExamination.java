package dev.sluice.doctor;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the checks in a server, when somebody asks for them, and keeps what they found last. It runs them once at a time, in
 * a thread of its own. Safe for use by any number of threads.
 */
public final class LatestExamination {
    private static final State NONE = new State(null, false, List.of());

    private final Consumer<Consumer<Finding>> checks;
    private final Clock clock;
    private State state = NONE;

    /**
     * How far the last examination is.
     *
     * @param begun when; null = there was none
     * @param running whether it has not ended
     * @param findings in the order of the checks
     */
    public record State(@Nullable Instant begun, boolean running, List<Finding> findings) {
        /** The number of problems. */
        public long problems() {
            return count(Finding.Level.PROBLEM);
        }

        /** The number of warnings. */
        public long warnings() {
            return count(Finding.Level.WARNING);
        }

        private long count(Finding.Level level) {
            return findings.stream().filter(finding -> finding.level() == level).count();
        }

        private State with(Finding finding) {
            List<Finding> more = new ArrayList<>(findings);
            more.add(finding);
            return new State(begun, running, List.copyOf(more));
        }

        private State ended() {
            return new State(begun, false, findings);
        }
    }

    /** @param checks runs all checks, and reports each finding when it is known; none may take long */
    public LatestExamination(Consumer<Consumer<Finding>> checks, Clock clock) {
        this.checks = checks;
        this.clock = clock;
    }

    /** Begins an examination, unless one is running. */
    public synchronized void begin() {
        if (state.running()) {
            return;
        }
        state = new State(clock.instant(), true, List.of());
        Thread thread = new Thread(this::run, "doctor");
        thread.setDaemon(true);
        // Proxies of types that are not public need the loader of these types. The web server's threads have another.
        thread.setContextClassLoader(LatestExamination.class.getClassLoader());
        thread.start();
    }

    private void run() {
        try {
            checks.accept(this::add);
        } catch (RuntimeException e) {
            add(Finding.problem(Topic.SETTINGS, "The checks have failed: " + e + ".", ""));
        } finally {
            end();
        }
    }

    private synchronized void add(Finding finding) {
        state = state.with(finding);
    }

    private synchronized void end() {
        state = state.ended();
    }

    /** How far the last examination is, and what it has found. */
    public synchronized State state() {
        return state;
    }
}
