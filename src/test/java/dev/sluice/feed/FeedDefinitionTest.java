package dev.sluice.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a definition may say, and when it runs. */
class FeedDefinitionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"export":"$export"}                                         | cron is not valid
                    {"export":"$export","cron":"0 0 2 * *"}                      | six fields
                    {"export":"$export","cron":"* * * * * *"}                    | more often than once a minute
                    {"export":"$export","cron":"0 0 0 30 2 *"}                   | never runs
                    {"export":"$export","cron":"0 0 2 * * *","zone":"Mars"}      | is no time zone
                    {"export":"$export","cron":"0 0 2 * * *","retention":"soon"} | is no duration
                    {"export":"$export","cron":"0 0 2 * * *","retention":"1s"}   | from 1m
                    {"export":"$export","cron":"0 0 2 * * *","snapshotEvery":0}  | from 1 to 1000
                    {"export":"$export","cron":"0 0 2 * * *","snapshotevery":3}  | did you mean 'snapshotEvery'
                    {"export":"$export#","cron":"0 0 2 * * *"}                   | which no URL has
                    {"cron":"0 0 2 * * *"}                                       | export is missing
                    {"export":1,"cron":"0 0 2 * * *"}                            | a text
                    []                                                           | one JSON object
                    """)
    void whatIsNotValidIsRefusedWithASentence(String definition, String sentence) {
        assertThatThrownBy(() -> parse(definition))
                .isInstanceOf(FhirException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void aScheduleIsOfItsTimeZone() {
        FeedDefinition definition =
                parse("{\"export\":\"$export\",\"cron\":\"0 0 2 * * *\",\"zone\":\"Europe/Berlin\"}");

        assertThat(definition.next(Instant.parse("2026-11-29T12:00:00Z"))).isEqualTo("2026-11-30T01:00:00Z");
        assertThat(definition.next(Instant.parse("2026-07-01T12:00:00Z"))).isEqualTo("2026-07-02T00:00:00Z");
        assertThat(definition.cadence()).isEqualTo(Duration.ofDays(1));
        assertThat(definition.json().path("retention").asString()).isEqualTo("7d");
    }

    @Test
    void allFaultsAreNamedTogether() {
        FeedDefinition.Parsed parsed = FeedDefinition.parse("""
                {"export":"$export?_type=Patient","cron":"at night","zone":"Mars","retention":"soon","snapshotEvery":"x",
                 "lenient":1,"enabled":"no","colour":"red"}""".getBytes(StandardCharsets.UTF_8));

        assertThat(parsed.faults())
                .extracting(FhirException.Issue::diagnostics)
                .anyMatch(fault -> fault.contains("colour"))
                .anyMatch(fault -> fault.startsWith("cron is not valid"))
                .anyMatch(fault -> fault.startsWith("zone is 'Mars'"))
                .anyMatch(fault -> fault.startsWith("retention is 'soon'"))
                .anyMatch(fault -> fault.startsWith("snapshotEvery"))
                .anyMatch(fault -> fault.startsWith("lenient"))
                .anyMatch(fault -> fault.startsWith("enabled"))
                .hasSize(7);
        assertThat(parsed.export()).as("which can be checked too").isTrue();
        assertThat(parsed.definition().export()).isEqualTo("$export?_type=Patient");
    }

    private static FeedDefinition parse(String json) {
        FeedDefinition.Parsed parsed = FeedDefinition.parse(json.getBytes(StandardCharsets.UTF_8));
        if (!parsed.faults().isEmpty()) {
            throw new FhirException(400, parsed.faults());
        }
        return parsed.definition();
    }
}
