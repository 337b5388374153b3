package dev.sluice.telemetry;

import dev.sluice.telemetry.FeedStates.FeedState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The feeds of all processes as metrics. Each process reports the same numbers. */
@Component
class FeedGauges {
    private static final Logger log = LoggerFactory.getLogger(FeedGauges.class);

    /** Each feed is a series of its own in the monitoring system. All are counted. */
    private static final int MOST_FEEDS = 200;

    /** Enabled feeds that miss a run are first, those that miss it longest before the others. */
    private static final Comparator<FeedState> OVERDUE_FIRST = Comparator.comparing((FeedState feed) -> !feed.enabled())
            .thenComparing(FeedState::dueSince, Comparator.nullsLast(Comparator.naturalOrder()));

    private final ObjectProvider<FeedStates> states;
    private final Clock clock;
    private final AtomicReference<List<FeedState>> feeds = new AtomicReference<>(List.of());
    private final MultiGauge age;
    private final MultiGauge overdue;

    FeedGauges(ObjectProvider<FeedStates> states, Clock clock, MeterRegistry meters) {
        this.states = states;
        this.clock = clock;
        count(meters, "enabled", true);
        count(meters, "disabled", false);
        this.age = MultiGauge.builder("sluice.feed.last.success.age")
                .baseUnit("seconds")
                .description("Time since the last complete link of a feed")
                .register(meters);
        this.overdue = MultiGauge.builder("sluice.feed.overdue")
                .baseUnit("seconds")
                .description("Time since the earliest run of a feed that no complete link covers; 0 = none is missing")
                .register(meters);
    }

    private void count(MeterRegistry meters, String state, boolean enabled) {
        Gauge.builder(
                        "sluice.feeds",
                        () -> Objects.requireNonNull(feeds.get()).stream()
                                .filter(feed -> feed.enabled() == enabled)
                                .count())
                .description("Feeds")
                .tag("state", state)
                .register(meters);
    }

    @Scheduled(initialDelay = 5, fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
    void measure() {
        try {
            List<FeedState> all = states.orderedStream()
                    .flatMap(source -> source.feeds().stream())
                    .toList();
            feeds.set(all);
            List<FeedState> shown =
                    all.stream().sorted(OVERDUE_FIRST).limit(MOST_FEEDS).toList();
            age.register(rows(shown.stream().filter(feed -> feed.lastSuccess() != null), FeedState::lastSuccess), true);
            overdue.register(rows(shown.stream().filter(FeedState::enabled), FeedState::dueSince), true);
        } catch (DataAccessException e) {
            log.debug("The feeds cannot be read now: {}", e.getMessage());
        }
    }

    private List<MultiGauge.Row<?>> rows(Stream<FeedState> some, Function<FeedState, @Nullable Instant> since) {
        Instant now = clock.instant();
        return some.<MultiGauge.Row<?>>map(
                        feed -> MultiGauge.Row.of(Tags.of("feed", feed.name()), age(since.apply(feed), now)))
                .toList();
    }

    private static double age(@Nullable Instant since, Instant now) {
        return since == null ? 0 : Math.max(0, Duration.between(since, now).toMillis() / 1_000.0);
    }
}
