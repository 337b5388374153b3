package dev.sluice.replica;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.job.UnitContext;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.store.RowStream;
import dev.sluice.store.RowStream.StandbyReadException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Has units read their rows from a replica that shows the mark of their plan, or else from the primary. A unit whose
 * read fails on a replica is written again from the primary, at once and by the same process. Safe for use by any number of
 * threads.
 */
@Component
public class ReplicaReads {
    private static final Logger log = LoggerFactory.getLogger(ReplicaReads.class);
    private static final String ROWS = "sluice.export.read.rows";
    private static final String BYTES = "sluice.export.read.bytes";
    private static final long PAUSE_MILLIS = 100;

    /** Longer than an export of any size waits between two units. */
    private static final Duration KNOWN = Duration.ofHours(1);

    private static final int MOST_KNOWN = 10_000;

    /** Why a unit read from the primary although there are replicas. */
    private enum Reason {
        /** No replica could be read from. */
        AWAY,
        /** All units that may read from the replicas at a time did. */
        BUSY,
        /** No replica had replayed the plan in time. */
        BEHIND,
        /** The read from a replica failed. */
        FAILED
    }

    /**
     * A replica that a unit may read from.
     *
     * @param replica null = none
     * @param reason why the unit reads from the primary, if it does
     */
    private record Choice(@Nullable Replica replica, Reason reason) {
        static Choice none(Reason reason) {
            return new Choice(null, reason);
        }
    }

    private final Replicas replicas;
    private final Duration wait;
    private final MeterRegistry meters;

    /** Until when units wait for a replica to show a mark, by the monotonic clock of this process. */
    private final Cache<UUID, Long> deadlines = Caffeine.newBuilder()
            .expireAfterAccess(KNOWN)
            .maximumSize(MOST_KNOWN)
            .build();

    ReplicaReads(Replicas replicas, ReplicaSettings settings, MeterRegistry meters) {
        this.replicas = replicas;
        this.wait = settings.maxWait();
        this.meters = meters;
        read(ROWS, "Rows that units of exports have read, by the database that gave them");
        read(BYTES, "Size of the lines of these rows");
        if (!replicas.all().isEmpty()) {
            Arrays.stream(Reason.values()).forEach(this::primaryReads); // so that they are 0 and not missing
        }
    }

    private void read(String name, String description) {
        Counter.builder(name)
                .description(description)
                .tag("source", Replicas.PRIMARY)
                .register(meters);
    }

    private Counter primaryReads(Reason reason) {
        return Counter.builder("sluice.replica.primary.reads")
                .description("Units that read from the primary although replicas are set")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    /**
     * Writes a unit.
     *
     * @param fromReplica writes it from these rows; called once or not at all
     * @param fromPrimary writes it from the primary; called if no replica gave its rows
     * @return what the one that succeeded returned
     */
    public <T> T read(
            ExportPlan plan,
            PlannedUnit unit,
            UnitContext context,
            Function<RowStream, T> fromReplica,
            Supplier<T> fromPrimary) {
        if (!replicas.all().isEmpty()) {
            UUID mark = plan.mark();
            Choice choice = mark == null ? Choice.none(Reason.BEHIND) : choose(mark, context);
            Replica replica = choice.replica();
            if (mark != null && replica != null) {
                Optional<T> written = read(replica, mark, context, fromReplica);
                if (written.isPresent()) {
                    count(unit, replica.name());
                    return written.get();
                }
            }
            primaryReads(choice.reason()).increment();
            context.readFrom(Replicas.PRIMARY);
        }
        T written = fromPrimary.get();
        count(unit, Replicas.PRIMARY);
        return written;
    }

    private void count(PlannedUnit unit, String source) {
        long rows = unit.files().stream().mapToLong(file -> file.range().rows()).sum();
        meters.counter(ROWS, "source", source).increment((double) rows);
        meters.counter(BYTES, "source", source).increment((double) unit.bytes());
    }

    private static <T> Optional<T> read(
            Replica replica, UUID mark, UnitContext unit, Function<RowStream, T> fromReplica) {
        try {
            unit.readFrom(replica.name());
            T written = fromReplica.apply(replica.rows(mark));
            replica.succeeded();
            return Optional.of(written);
        } catch (StandbyReadException | SnapshotLostException e) {
            unit.check(); // a read that was cancelled fails, too
            replica.failed(e);
            return Optional.empty();
        } finally {
            replica.release();
        }
    }

    /** Waits for a replica that shows the mark, but all units of a plan together no longer than the setting says. */
    private Choice choose(UUID mark, UnitContext unit) {
        Long known = deadlines.get(mark, first -> System.nanoTime() + wait.toNanos());
        long deadline = known == null ? System.nanoTime() : known;
        Choice[] choice = {find(mark)};
        if (choice[0].reason() == Reason.BEHIND && System.nanoTime() - deadline < 0) {
            unit.throttle(ReplicaSettings.MAX_WAIT_KEY, () -> {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                choice[0] = find(mark);
                return choice[0].reason() != Reason.BEHIND || System.nanoTime() - deadline >= 0;
            });
            if (choice[0].reason() == Reason.BEHIND) {
                log.warn(
                        "No replica has replayed the plan of an export within {}; its units read from the primary"
                                + " until one has.",
                        wait);
            }
        }
        return choice[0];
    }

    private Choice find(UUID mark) {
        List<Replica> usable = replicas.usable();
        Reason reason = usable.isEmpty() ? Reason.AWAY : Reason.BUSY;
        for (Replica replica : usable) {
            if (replica.tryAcquire()) {
                if (replica.shows(mark)) {
                    return new Choice(replica, Reason.FAILED);
                }
                replica.release();
                reason = Reason.BEHIND;
            }
        }
        return Choice.none(reason);
    }
}
