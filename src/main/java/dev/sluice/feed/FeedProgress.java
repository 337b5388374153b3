package dev.sluice.feed;

import dev.sluice.feed.FeedRepository.Progress;
import dev.sluice.telemetry.FeedStates;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Says how the feeds are, for metrics. */
@Component
class FeedProgress implements FeedStates {
    private final FeedRepository feeds;
    private final Clock clock;

    FeedProgress(FeedRepository feeds, Clock clock) {
        this.feeds = feeds;
        this.clock = clock;
    }

    @Override
    public List<FeedState> feeds() {
        List<Feed> all =
                feeds.findAllByOrderByName().stream().map(FeedEntity::feed).toList();
        Map<String, Progress> progress = all.isEmpty()
                ? Map.of()
                : feeds.progress().stream().collect(Collectors.toMap(Progress::getName, Function.identity()));
        return all.stream()
                .flatMap(feed -> Optional.ofNullable(progress.get(feed.name())).map(each -> state(feed, each)).stream())
                .toList();
    }

    /** A link covers all that changed before its run started. */
    private FeedState state(Feed feed, Progress progress) {
        Instant started = progress.getStartedAt();
        Instant changed = progress.getChangedAt();
        Instant due = feed.definition().next(started == null || started.isBefore(changed) ? changed : started);
        return new FeedState(
                feed.name(),
                feed.definition().enabled(),
                progress.getEndedAt(),
                due.isAfter(clock.instant()) ? null : due);
    }
}
