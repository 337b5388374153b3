package dev.sluice.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirInstant.Span;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dates of any precision as spans, held to java.time's own reader. */
class FhirInstantTest {
    private static final long YEAR_0 = -62_167_219_200L;
    private static final long YEAR_10000 = 253_402_300_800L;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    /** A dateTime with seconds: without its fraction, with it, and its zone. */
    record Moment(String seconds, String fraction, String zone) {
        String text() {
            return seconds + fraction + zone;
        }

        /** Nanoseconds. */
        long width() {
            return fraction.isEmpty() ? 1_000_000_000 : Long.parseLong("1" + "0".repeat(10 - fraction.length()));
        }

        Instant instant() {
            return zone.isEmpty()
                    ? LocalDateTime.parse(seconds + fraction).toInstant(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text()).toInstant();
        }
    }

    @Test
    void aMomentIsAsWideAsItsLastDigit() {
        moments().forEach(moment -> {
            Span span = FhirInstant.parse(moment.text()).orElseThrow();

            assertThat(span.from()).as(moment.text()).isEqualTo(moment.instant());
            assertThat(span.until()).as(moment.text()).isEqualTo(span.from().plusNanos(moment.width()));
        });
    }

    /** Seconds of 60 are R4's, since some minutes have them; java.time has none. */
    @Test
    void aLeapSecondIsTheSecondAfterIt() {
        Instant next = Instant.parse("2017-01-01T00:00:00Z");

        assertThat(FhirInstant.parse("2016-12-31T23:59:60Z")).contains(new Span(next, next.plusSeconds(1)));
        assertThat(FhirInstant.parse("2017-01-01T00:59:60.5+01:00"))
                .contains(new Span(next.plusMillis(500), next.plusMillis(600)));
    }

    @Test
    void withoutSecondsItIsAMinuteWide() {
        moments().forEach(moment -> {
            String minutes = moment.seconds().substring(0, "2024-05-31T10:00".length());

            Span span = FhirInstant.parse(minutes + moment.zone()).orElseThrow();

            assertThat(span.from())
                    .as(minutes + moment.zone())
                    .isEqualTo(new Moment(minutes + ":00", "", moment.zone()).instant());
            assertThat(span.until()).isEqualTo(span.from().plus(1, ChronoUnit.MINUTES));
        });
    }

    @Test
    void yearsMonthsAndDaysAreOfUtc() {
        assertThat(FhirInstant.parse("2023")).contains(span("2023-01-01", "2024-01-01"));
        assertThat(FhirInstant.parse("9999-12")).contains(span("9999-12-01", "+10000-01-01"));
        assertThat(FhirInstant.parse("2024-02")).contains(span("2024-02-01", "2024-03-01"));
        assertThat(FhirInstant.parse("2024-02-29")).contains(span("2024-02-29", "2024-03-01"));
    }

    @Test
    void digitsBehindTheNanosecondAreLeftOut() {
        Instant from = Instant.parse("2024-05-31T10:00:00.123456789Z");

        assertThat(FhirInstant.parse("2024-05-31T10:00:00.1234567899Z")).contains(new Span(from, from.plusNanos(1)));
        assertThat(FhirInstant.parse("2024-05-31T10:00:00.123456789" + "9".repeat(1_000) + "Z"))
                .contains(new Span(from, from.plusNanos(1)));
    }

    @Test
    void whatIsNoDateIsNone() {
        assertThat(new String[] {
                    "",
                    "24",
                    "2024-13",
                    "2024-2",
                    "2023-02-29",
                    "2024-05-31T",
                    "2024-05-31T10",
                    "2024-05-31T24:00",
                    "2024-05-31T10:60",
                    "2024-05-31T10:00:61Z",
                    "2024-05-31T10:00.5Z",
                    "2024-05-31T10:00:00.Z",
                    "2024-05-31T10:00:00.123456789xZ",
                    "2024-05-31T10:00:00+19:00",
                    "2024-05-31T10:00:00-01:60",
                    "2024-05-31T10:00:00+1:00",
                    "2024-05-31T10:00:00z",
                    "2024-05-31Z",
                    " 2024",
                    "2024\n"
                })
                .allSatisfy(text -> assertThat(FhirInstant.parse(text)).as(text).isEmpty());
    }

    private static Stream<Moment> moments() {
        Random random = new Random(20240531);
        return Stream.generate(() -> new Moment(
                        SECONDS.format(Instant.ofEpochSecond(random.nextLong(YEAR_0, YEAR_10000))),
                        fraction(random),
                        zone(random)))
                .limit(10_000);
    }

    private static String fraction(Random random) {
        int digits = random.nextInt(10);
        return digits == 0
                ? ""
                : "." + String.format("%09d", random.nextInt(1_000_000_000)).substring(0, digits);
    }

    private static String zone(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "-00:00";
            default ->
                ZoneOffset.ofTotalSeconds(60 * random.nextInt(-18 * 60, 18 * 60 + 1))
                        .getId();
        };
    }

    private static Span span(String from, String until) {
        return new Span(Instant.parse(from + "T00:00:00Z"), Instant.parse(until + "T00:00:00Z"));
    }
}
