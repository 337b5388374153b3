package dev.sluice.feed;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** The row of a run, for reading. Each change is a statement of {@link FeedRunRepository}. */
@Entity
@Immutable
@Table(name = "feed_run")
class FeedRunEntity {
    @Id
    private long id;

    private String feed = "";
    private @Nullable UUID job;

    @Enumerated(EnumType.STRING)
    private FeedRun.Kind kind = FeedRun.Kind.SNAPSHOT;

    private int chain;
    private int number;
    private @Nullable Instant since;
    private @Nullable Instant transactionTime;
    private @Nullable String content;

    @Enumerated(EnumType.STRING)
    private FeedRun.Status status = FeedRun.Status.RUNNING;

    private @Nullable String problem;
    private Instant startedAt = Instant.EPOCH;
    private @Nullable Instant endedAt;
    private @Nullable Instant erasedAt;

    /** For Hibernate. */
    protected FeedRunEntity() {}

    FeedRun run() {
        return new FeedRun(
                id,
                feed,
                job,
                kind,
                chain,
                number,
                since,
                transactionTime,
                content,
                status,
                problem,
                startedAt,
                endedAt,
                erasedAt);
    }
}
