package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.SearchParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Which resources a query takes; the tables lie in {@code src/test/resources/search}. */
class TypeFilterTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String OWN = "https://sluice.example/fhir";

    private final TypeFilterParser parser = new TypeFilterParser(new SearchParameters(), OWN::equals);

    @ParameterizedTest(name = "{1} takes {0}: {2}")
    @CsvFileSource(
            resources = {
                "/search/token.csv",
                "/search/string.csv",
                "/search/date.csv",
                "/search/reference.csv",
                "/search/number.csv",
                "/search/quantity.csv",
                "/search/modifier.csv",
                "/search/uri.csv",
                "/search/composite.csv",
            },
            delimiter = '~',
            quoteCharacter = '`')
    void aQueryTakesWhatItSays(String resource, String query, boolean taken) {
        byte[] bytes = resource.replace('\'', '"').getBytes(UTF_8);

        assertThat(filter(query).matches(json(resource), NoLinks.NONE)).isEqualTo(taken);
        assertThat(new ResourceFilter(List.of(filter(query)), NoLinks.NONE).matches(bytes, 0, bytes.length))
                .as("by bytes")
                .isEqualTo(taken);
    }

    @Test
    void malformedElementsNeitherMatchNorFail() {
        List<String> shapes = List.of(
                "7",
                "true",
                "'text'",
                "null",
                "[]",
                "{}",
                "[null]",
                "[[]]",
                "[{}]",
                "{'coding':7}",
                "{'coding':[7]}",
                "{'value':'a'}",
                "{'start':7,'end':[]}",
                "{'reference':{}}",
                "{'event':[7],'repeat':7}");
        List<String> queries = List.of(
                "Observation?code=x",
                "Observation?identifier=x",
                "Observation?status=x",
                "Observation?date=2024",
                "Observation?subject=Patient/1",
                "Observation?value-quantity=5",
                "Observation?value-string=x",
                "Observation?_tag=x",
                "Observation?_profile=http://x",
                "Observation?code:text=x",
                "Observation?identifier:of-type=a|b|c",
                "Observation?subject:identifier=x",
                "Observation?code-value-quantity=x$5",
                "Observation?value-string:contains=zz",
                "Observation?_lastUpdated=2024");

        for (String shape : shapes) {
            ObjectNode resource = json("{'code':@,'identifier':@,'status':@,'effectiveTiming':@,'effectivePeriod':@,"
                    .concat("'effectiveDateTime':@,'subject':@,'valueQuantity':@,'valueString':@,'meta':@}")
                    .replace("@", shape));
            assertThat(queries)
                    .allSatisfy(query -> assertThat(filter(query).matches(resource, NoLinks.NONE))
                            .as("%s on %s", query, shape)
                            .isFalse());
        }
    }

    /** The way in bounds exponents, but rows may be older than the bound. */
    @ParameterizedTest
    @CsvSource({
        "1E2147483647, gt5, true",
        "1E2147483647, lt5, false",
        "1E2147483647, 5, false",
        "-1E2000000000, lt5, true",
        "1E-2147483647, gt0, true",
        "1E-2147483647, ap0, true",
        "1E-2000000000, 0, true",
        "0E2147483647, 0, true",
        "0E-2147483647, gt0, false",
        "5E2000000000, ne5, true"
    })
    void aStoredNumberIsComparedWithoutWritingItOut(String number, String value, boolean taken) {
        byte[] stored = ("{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":" + number
                        + "},\"component\":[{\"valueQuantity\":{\"value\":" + number + "}}]}")
                .getBytes(UTF_8);

        Assertions.assertTimeout(Duration.ofSeconds(1), () -> {
            for (String parameter : List.of("value-quantity", "component-value-quantity")) {
                TypeFilter filter = filter("Observation?" + parameter + "=" + value);
                assertThat(filter.matches(FhirJson.stored(stored), NoLinks.NONE))
                        .isEqualTo(taken);
                assertThat(new ResourceFilter(List.of(filter), NoLinks.NONE).matches(stored, 0, stored.length))
                        .as("by bytes")
                        .isEqualTo(taken);
            }
        });
    }

    @Test
    void anApproximateDateIsWithinATenthOfItsDistanceFromTheExport() {
        ObjectNode nearby = json("{'birthDate':'2024-10-25'}");

        assertThat(parser.parse(List.of("Patient?birthdate=ap2025-01-01"), NOW, new ArrayList<>())
                        .get(0)
                        .matches(nearby, NoLinks.NONE))
                .as("a year away: 36 days of margin do not reach 68 days")
                .isFalse();
        assertThat(parser.parse(
                                List.of("Patient?birthdate=ap2025-01-01"),
                                NOW.plusSeconds(400L * 86_400),
                                new ArrayList<>())
                        .get(0)
                        .matches(nearby, NoLinks.NONE))
                .as("two years away: 76 days of margin do")
                .isTrue();
    }

    @Test
    void ofTheSampleAFilterTakesWhatWasCountedByHand() throws Exception {
        assertThat(taken("Patient?gender=female")).isEqualTo(13);
        assertThat(taken("Patient?deceased=true")).isEqualTo(2);
        assertThat(taken("Patient?deceased=false")).isEqualTo(18);
        assertThat(taken("Patient?birthdate=lt1948")).isZero();
        assertThat(taken("Patient?birthdate=ge1948")).isEqualTo(20);
        assertThat(taken("Group?member=Group/grp-five")).isEqualTo(1);
    }

    private long taken(String query) throws Exception {
        TypeFilter filter = filter(query);
        return SampleResources.resources().stream()
                .filter(resource -> resource.get("resourceType")
                        .stringValue()
                        .equals(filter.type().name()))
                .filter(resource -> filter.matches(resource, NoLinks.NONE))
                .count();
    }

    private TypeFilter filter(String query) {
        List<FhirException.Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = parser.parse(List.of(query), NOW, issues);
        assertThat(issues).isEmpty();
        assertThat(filters).hasSize(1);
        return filters.get(0);
    }

    private static ObjectNode json(String text) {
        return FhirJson.parseObject(text.replace('\'', '"').getBytes(UTF_8));
    }
}
