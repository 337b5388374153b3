package dev.sluice.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds events for people, the newest first. A search reads a bounded number of events, however many there are. */
@Component
public class AuditLog {
    /** A search looks at no more events; they are found by an index of their times. */
    private static final int MOST_SEARCHED = 50_000;

    private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

    private final AuditEventRepository events;

    AuditLog(AuditEventRepository events) {
        this.events = events;
    }

    /**
     * What to find; null = any.
     *
     * @param from the earliest time
     * @param to the time that the events are before
     * @param client a part of the id of the client or person
     * @param subject the job, or what else the event is about
     * @param activity the code of the kind of the event
     */
    public record Search(
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String client,
            @Nullable String subject,
            @Nullable String activity) {}

    /**
     * An event.
     *
     * @param activity the code of its kind, such as {@code export-started}
     * @param outcome what came of it
     * @param client who did it; null = not known
     * @param address from where; null = not by HTTP
     * @param subject what it is about
     * @param detail more about it
     * @param amount how many events, rows or files
     */
    public record Event(
            Instant recorded,
            String activity,
            Act.Outcome outcome,
            @Nullable String client,
            @Nullable String address,
            @Nullable String subject,
            @Nullable String detail,
            @Nullable Long amount) {}

    /**
     * The events of a search.
     *
     * @param next the cursor with which the search goes on; null = there are no more
     */
    public record Page(List<Event> events, @Nullable String next) {}

    /**
     * The newest events that match.
     *
     * @param cursor of the page before; null = the first page
     * @param count the largest number of events
     * @throws IllegalArgumentException if the cursor was not made by an earlier page, or the activity does not exist
     */
    public Page find(Search search, @Nullable String cursor, int count) {
        Instant from = search.from() == null ? Instant.EPOCH : search.from();
        Place to = cursor == null ? new Place(search.to() == null ? END : search.to(), 0) : Place.of(cursor);
        List<AuditEventEntity> found = events.search(
                from,
                to.time(),
                to.id(),
                search.client(),
                search.subject(),
                search.activity() == null
                        ? null
                        : Activity.ofCode(search.activity()).name(),
                MOST_SEARCHED,
                count);
        AuditEventEntity last = found.size() == count
                ? found.get(count - 1)
                : events.lastSearched(from, to.time(), to.id(), MOST_SEARCHED);
        return new Page(
                found.stream().map(AuditEventEntity::event).toList(),
                last == null ? null : new Place(last.recordedAt(), last.id()).text());
    }

    /** Where an event is in the order of their times. */
    private record Place(Instant time, long id) {
        static Place of(String text) {
            int separator = text.indexOf('-');
            return new Place(
                    Instant.EPOCH.plus(Long.parseLong(text.substring(0, Math.max(0, separator))), ChronoUnit.MICROS),
                    Long.parseLong(text.substring(separator + 1)));
        }

        String text() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, time) + "-" + id;
        }
    }

    /** The codes of all kinds of events. */
    public static List<String> activities() {
        return Arrays.stream(Activity.values()).map(Activity::code).toList();
    }
}
