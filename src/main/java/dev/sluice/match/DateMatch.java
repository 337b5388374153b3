package dev.sluice.match;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirInstant.Span;
import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A date with a prefix. Both sides are spans of time as wide as their precision; one without a zone is in UTC.
 *
 * <p>{@code ge} and {@code le} are by overlap (docs/adr/0022-ge-and-le-by-overlap.md): an element that ends in the span of
 * {@code ge}, or begins in that of {@code le}, matches, even if it extends further.
 *
 * @param span what the text covers; with {@link ComparisonPrefix#AP} widened on both sides
 * @see <a href="https://hl7.org/fhir/R4/search.html#date">date</a>
 */
record DateMatch(ComparisonPrefix prefix, Span span) implements ValueMatch {
    /** R4 proposes a tenth of the time between the date and now. */
    private static final int APPROXIMATE_PART = 10;

    static DateMatch read(String text, Instant asOf) throws InvalidValueException {
        ComparisonPrefix.Prefixed parts = ComparisonPrefix.split(text);
        // A '+' that was sent without percent-encoding arrives as a blank.
        Span span = FhirInstant.parse(parts.rest().replace(' ', '+')).orElseThrow(DateMatch::malformed);
        return new DateMatch(parts.prefix(), parts.prefix() == ComparisonPrefix.AP ? widened(span, asOf) : span);
    }

    private static InvalidValueException malformed() {
        return new InvalidValueException(
                "is no date; write one such as 2024, 2024-05, 2024-05-31 or 2024-05-31T10:00:00Z"
                        + ComparisonPrefix.ADVICE);
    }

    private static Span widened(Span span, Instant asOf) {
        Duration margin = Duration.between(span.from(), asOf).abs().dividedBy(APPROXIMATE_PART);
        return new Span(span.from().minus(margin), span.until().plus(margin));
    }

    @Override
    public @Nullable IndexTerm indexTerm(SearchParameter parameter) {
        return switch (prefix) {
            case EQ, AP, GE -> new IndexTerm.NotBefore(span.from());
            case GT, SA -> new IndexTerm.NotBefore(span.until());
            case NE, LT, EB, LE -> null;
        };
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        Span actual = span(type, element);
        return actual != null && holds(actual);
    }

    private boolean holds(Span actual) {
        boolean within = !actual.from().isBefore(span.from()) && !actual.until().isAfter(span.until());
        boolean reachesAbove = actual.until().isAfter(span.until());
        boolean reachesBelow = actual.from().isBefore(span.from());
        return switch (prefix) {
            case EQ -> within;
            case NE -> !within;
            case GT -> reachesAbove;
            case LT -> reachesBelow;
            case GE -> actual.until().isAfter(span.from());
            case LE -> actual.from().isBefore(span.until());
            case SA -> !actual.from().isBefore(span.until());
            case EB -> !actual.until().isAfter(span.from());
            case AP -> actual.from().isBefore(span.until()) && actual.until().isAfter(span.from());
        };
    }

    private static @Nullable Span span(ElementType type, JsonNode element) {
        return switch (type.name()) {
            case "Period" -> period(element);
            case "Timing" -> timing(element);
            case "instant" -> point(JsonText.of(element));
            default -> parse(JsonText.of(element));
        };
    }

    private static @Nullable Span parse(@Nullable String text) {
        return text == null ? null : FhirInstant.parse(text).orElse(null);
    }

    /** R4 gives an instant no width; half-open spans need the smallest one there is. */
    private static @Nullable Span point(@Nullable String text) {
        Span span = parse(text);
        return span == null ? null : new Span(span.from(), span.from().plusNanos(1));
    }

    /**
     * A missing bound is before, or after, any date. A period with a bound that cannot be read matches nothing: it is not
     * open there. A period that ends before it starts is read in reverse.
     */
    private static @Nullable Span period(JsonNode element) {
        Span start = parse(JsonText.of(element, "start"));
        Span end = parse(JsonText.of(element, "end"));
        boolean isUnreadable =
                (start == null && element.hasNonNull("start")) || (end == null && element.hasNonNull("end"));
        if (isUnreadable || (start == null && end == null)) {
            return null;
        }
        if (start != null && end != null && !end.until().isAfter(start.from())) {
            return new Span(end.from(), start.until());
        }
        return new Span(start == null ? Instant.MIN : start.from(), end == null ? Instant.MAX : end.until());
    }

    /** From the first to the last of the events and the bounds: R4 has a search ignore the schedule in between. */
    private static @Nullable Span timing(JsonNode element) {
        Span outer = null;
        JsonNode events = element.get("event");
        if (events != null && events.isArray()) {
            for (int i = 0; i < events.size(); i++) {
                outer = join(outer, parse(JsonText.of(events.get(i))));
            }
        }
        JsonNode bounds = element.path("repeat").get("boundsPeriod");
        return bounds == null ? outer : join(outer, period(bounds));
    }

    private static @Nullable Span join(@Nullable Span one, @Nullable Span other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return new Span(
                one.from().isBefore(other.from()) ? one.from() : other.from(),
                one.until().isAfter(other.until()) ? one.until() : other.until());
    }
}
