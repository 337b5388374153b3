package dev.sluice.feed;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** The row of a feed, for reading. Each change is a statement of {@link FeedRepository}. */
@Entity
@Immutable
@Table(name = "feed")
class FeedEntity {
    @Id
    private String name = "";

    private String owner = "";
    private String scopes = "";
    private String base = "";
    private String export = "";
    private boolean lenient;
    private String cron = "";
    private String zone = "";
    private long retention;
    private int snapshotEvery;
    private boolean enabled;
    private Instant dueAt = Instant.EPOCH;
    private @Nullable String problem;

    /** For Hibernate. */
    protected FeedEntity() {}

    Feed feed() {
        return new Feed(
                name,
                owner,
                scopes.isEmpty() ? List.of() : List.of(scopes.split(" ", -1)),
                base,
                new FeedDefinition(export, lenient, cron, zone, Duration.ofSeconds(retention), snapshotEvery, enabled),
                dueAt,
                problem);
    }
}
