package dev.sluice.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirException;
import dev.sluice.r4.SearchParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypeFilterParserTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final TypeFilterParser parser = new TypeFilterParser(new SearchParameters(), base -> false);
    private final List<FhirException.Issue> issues = new ArrayList<>();

    /** What a client wrote, percent-decoded once, and how it is printed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "Patient?gender=female ~ Patient?gender=female",
                "Patient?gender=male,female&active=true ~ Patient?gender=male,female&active=true",
                "Patient?gender%3Dfemale=x&gender=male ~ ",
                "Observation?code=http%3A%2F%2Floinc.org%7C8480-6 ~ Observation?code=http://loinc.org|8480-6",
                "Patient?family=Smith%26Sons ~ Patient?family=Smith%26Sons",
                "Patient?family=a%3Db ~ Patient?family=a=b",
                "Patient?family=a=b ~ Patient?family=a=b",
                "Patient?family=van%20der%20Berg ~ Patient?family=van%20der%20Berg",
                "Patient?family=100% ~ Patient?family=100%25",
                "Patient?family=100%25 ~ Patient?family=100%25",
                "Patient?family=M%C3%BCller ~ Patient?family=Müller",
                "Patient?_lastUpdated=gt2020-01-01T00:00:00+02:00 ~ Patient?_lastUpdated=gt2020-01-01T00:00:00+02:00",
                "Patient?_lastUpdated=gt2020-01-01T00:00:00%2B02:00 ~ Patient?_lastUpdated=gt2020-01-01T00:00:00+02:00",
                "Patient?_lastUpdated=gt2020-01-01T00:00:00 02:00 ~ Patient?_lastUpdated=gt2020-01-01T00:00:00%2002:00",
                "Patient?%67ender=male ~ Patient?gender=male",
                "Condition?code=a%3FPatient ~ Condition?code=a%3FPatient",
                "Patient?identifier=a\\,b ~ Patient?identifier=a\\,b",
            })
    void aQueryIsReadAndPrinted(String written, String printed) {
        List<TypeFilter> filters = parse(written);

        if (printed == null) {
            assertThat(issues).isNotEmpty();
        } else {
            assertThat(issues).isEmpty();
            assertThat(filters).singleElement().hasToString(printed);
            assertThat(parse(printed)).isEqualTo(filters);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "Patient?gender=female,Observation?code=a,b ~ Patient?gender=female ~ Observation?code=a,b",
                "Patient?gender=female, Observation?status=final ~ Patient?gender=female ~ Observation?status=final",
                "Patient?gender=female,male,Patient?active=true ~ Patient?gender=female,male ~ Patient?active=true",
                "Patient?family=A\\,Patient?&active=true,Group?_id=1 ~ Patient?family=A\\,Patient%3F&active=true "
                        + "~ Group?_id=1",
            })
    void aCommaStartsAQueryOnlyBeforeAType(String value, String first, String second) {
        assertThat(parse(value)).extracting(TypeFilter::toString).containsExactly(first, second);
        assertThat(issues).isEmpty();
    }

    @Test
    void aFilterKnowsItsType() {
        assertThat(parse("Patient?gender=female").get(0).type().name()).isEqualTo("Patient");
    }

    @Test
    void severalValuesGiveTheirQueriesInOrder() {
        assertThat(parse("Patient?_id=1", "Group?_id=2,Device?_id=3"))
                .extracting(filter -> filter.type().name())
                .containsExactly("Patient", "Group", "Device");
    }

    /** Each fault with the words that the client needs. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "Patient ~ invalid ~ '?'",
                "`` ~ invalid ~ '?'",
                "Patient%3Fgender%3Dmale ~ invalid ~ percent-encoded twice",
                "Patient? ~ invalid ~ nothing after the '?'",
                "?gender=male ~ not-supported ~ '' is not a FHIR R4 resource type",
                "Patients?gender=male ~ not-supported ~ did you mean 'Patient'",
                "patient?gender=male ~ not-supported ~ did you mean 'Patient'",
                "Patient?gender ~ invalid ~ 'gender'",
                "Patient?=male ~ invalid ~ '=male'",
                "Patient?gender=male& ~ invalid ~ parameter=value",
                "Patient?gender= ~ invalid ~ is empty",
                "Patient?gender=male,,female ~ invalid ~ is empty",
                "Patient?gendre=male ~ not-supported ~ did you mean 'gender'",
                "Patient?Gender=male ~ not-supported ~ did you mean 'gender'",
                "Patient?birthDate=2000 ~ not-supported ~ did you mean 'birthdate'",
                "Observation?cdate=2000 ~ not-supported ~ did you mean 'date'",
                "Patient?zzzzzzzz=1 ~ not-supported ~ no search parameter of Patient",
                "Patient?_sort=family ~ not-supported ~ _sort",
                "Patient?_count=10 ~ not-supported ~ _count",
                "Patient?_total=accurate ~ not-supported ~ _total",
                "Patient?_summary=true ~ not-supported ~ _summary",
                "Patient?_revinclude=Observation:patient ~ not-supported ~ _revinclude",
                "Patient?_contained=true ~ not-supported ~ _contained",
                "Patient?_containedType=container ~ not-supported ~ _containedType",
                "Patient?_score=1 ~ not-supported ~ _score",
                "Patient?_text=x ~ not-supported ~ no full-text search",
                "Patient?_content=x ~ not-supported ~ no full-text search",
                "Patient?_list=1 ~ not-supported ~ list the ids in _id",
                "Patient?_query=x ~ not-supported ~ named queries",
                "Patient?_filter=name eq x ~ not-supported ~ another language",
                "Patient?_type=Patient ~ not-supported ~ before the '?'",
                "Patient?_lastupdated=2020 ~ not-supported ~ did you mean '_lastUpdated'",
                "Location?near=1|2|3 ~ not-supported ~ distances",
                "Patient?_elements=id ~ not-supported ~ _elements",
                "Patient?_include:iterate=Patient:organization ~ not-supported ~ _include",
                "Patient?birthdate=yesterday ~ invalid ~ no date",
                "Patient?birthdate=gte2020 ~ invalid ~ has the prefix 'gte', which is none of eq, ne, gt",
                "Patient?birthdate=GE2020 ~ invalid ~ has the prefix 'GE'",
                "RiskAssessment?probability=x0.5 ~ invalid ~ has the prefix 'x'",
                "Observation?value-quantity=about5 ~ invalid ~ has the prefix 'about'",
                "Patient?birthdate=ge ~ invalid ~ no date",
                "Patient?birthdate=2000-13 ~ invalid ~ no date",
                "Patient?birthdate=31.12.2000 ~ invalid ~ no date",
                "RiskAssessment?probability=much ~ invalid ~ no number",
                "RiskAssessment?probability=gt ~ invalid ~ no number",
                "RiskAssessment?probability=1e999999999 ~ invalid ~ no number",
                "Observation?value-quantity=5.4|mg ~ invalid ~ no quantity",
                "Observation?code=a|b|c ~ invalid ~ more than one '|'",
                "Observation?code=| ~ invalid ~ neither a system nor a code",
                "Observation?code=a\\b ~ invalid ~ '\\'",
                "Patient?active=yes ~ invalid ~ 'true' or 'false'",
                "Patient?active=http://a|true ~ invalid ~ has no system",
                "Patient?phone=home|1 ~ invalid ~ has no system",
                "Patient?family=-- ~ invalid ~ no letter or digit",
                "Patient?family=%FF ~ invalid ~ UTF-8",
                "Patient?_id=a/b ~ invalid ~ is no id; an id is 1 to 64",
                "Patient?_id=Patient/1 ~ invalid ~ without a type before it",
                "Patient?_id=ok,12345678901234567890123456789012345678901234567890123456789012345 ~ invalid ~ is no id",
                "Patient?_id:not=a b ~ invalid ~ is no id",
                "Observation?subject=Practitioner/1 ~ invalid ~ looks for Practitioner in Observation?subject, which refers to Device, Group, Location, Patient only",
                "Observation?subject=https://sluice.example/fhir/Practitioner/1 ~ invalid ~ which refers to",
                "Observation?patient=Group/1 ~ invalid ~ which refers to Patient only",
                "ValueSet?url=http://a| ~ invalid ~ no canonical URL; write url or url|version",
                "ValueSet?url=http://a|1|2 ~ invalid ~ no canonical URL",
                "Library?content-type:below=a|image ~ invalid ~ no MIME type",
                "Observation?subject=Patients/1 ~ invalid ~ did you mean 'Patient'",
                "Observation?subject=a b ~ invalid ~ no reference",
                "Observation?subject=Patient/1/_history/2 ~ invalid ~ version",
            })
    void aFaultIsNamedWithItsQueryAndWhatToDo(String query, String code, String words) {
        assertThat(parse(query)).isEmpty();

        assertThat(issues).singleElement().satisfies(issue -> {
            assertThat(issue.code()).isEqualTo(code);
            assertThat(issue.diagnostics()).contains("'" + query + "'").contains(words);
        });
    }

    @Test
    void allFaultsAreToldAtOnce() {
        parse("Patient?gendre=male&birthdate=x&_sort=a&family=ok", "Foo?a=b,Observation?status=final,Group?x");

        assertThat(issues).hasSize(5);
    }

    @Test
    void aGoodQueryBesideABadOneIsStillRead() {
        assertThat(parse("Patient?gendre=male", "Patient?gender=male"))
                .extracting(TypeFilter::toString)
                .containsExactly("Patient?gender=male");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000})
    void aLongFaultIsCut(int length) {
        parse("Patient?gender" + "x".repeat(length) + "=1");

        assertThat(issues)
                .singleElement()
                .satisfies(issue -> assertThat(issue.diagnostics()).hasSizeLessThan(700));
    }

    private List<TypeFilter> parse(String... values) {
        return parser.parse(List.of(values), NOW, issues);
    }

    /** The text of a filter has the commas that were encoded; a plan is made from it. */
    @Test
    void valuesAreCountedAfterDecoding() {
        String values = "a%2C".repeat(FilterLimits.VALUES) + "a";

        assertThatThrownBy(() -> parser.parse(List.of("Patient?_id=" + values), NOW, issues))
                .isInstanceOf(FhirException.class)
                .hasMessageContaining("more than " + FilterLimits.VALUES + " values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%E3%80%80", "%C2%A0", "%E2%80%A8", "%1C", "%20", "\u3000"})
    void noKindOfSpaceIsLost(String space) {
        for (String query : List.of("Patient?name:exact=a" + space, "Patient?name:exact=" + space + "a")) {
            TypeFilter filter = parser.parse(List.of(query), NOW, issues).get(0);

            assertThat(filter.clauses().get(0).text().values()).hasSize(2);
            assertThat(parser.parse(List.of(filter.toString()), NOW, issues)).containsExactly(filter);
        }
    }
}
