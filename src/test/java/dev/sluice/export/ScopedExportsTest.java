package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.export.ExportSteps.finished;
import static dev.sluice.export.ExportSteps.keys;
import static dev.sluice.export.ExportSteps.kickOff;
import static dev.sluice.export.ScopeAttacksTest.PART;
import static dev.sluice.export.ScopeAttacksTest.answer;
import static dev.sluice.export.ScopeAttacksTest.filter;
import static dev.sluice.export.ScopeAttacksTest.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What a client with scopes gets, and what it is told. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class ScopedExportsTest {
    private static final String WITHOUT_INDEX =
            "system/Patient.rs?gender=other system/Organization.rs?active=true system/Observation.rs?category:not=therapy";

    private final SluiceServer server = KnownTokens.server();

    @BeforeAll
    void load() {
        ScopeAttacksTest.load(server.as(KnownTokens.of("all", "system/*.*")));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void whatTheScopesAllowComes() {
        SluiceServer part = server.as(KnownTokens.of("part", PART));
        List<String> all =
                List.of("Group/annes", "Observation/lab", "Organization/clinic", "Patient/ann", "Patient/bob");

        assertThat(keys(part, "/$export")).isEqualTo(all);
        assertThat(keys(part, "/Patient/$export"))
                .containsExactly("Group/annes", "Observation/lab", "Patient/ann", "Patient/bob");
        assertThat(keys(part, "/Group/annes/$export?_since=2020-01-01&_type=Patient,Group"))
                .containsExactly("Group/annes", "Patient/ann", "Patient/bob"); // bob is linked with ann
        assertThat(keys(part, filter("Observation?code=c1"))).contains("Observation/lab");
        assertThat(keys(part, "/$export?_type=Patient&_includeReferenced=Organization"))
                .containsExactly("Organization/clinic", "Patient/ann", "Patient/bob");
        assertThat(answer(part, "/$export?_since=2020-01-01&lenient"))
                .contains("\"id\":\"lab\"", "deletions of this type cannot be listed");
        assertThat(answer(part, "/$export-estimate?_type=Observation"))
                .contains("{\"name\":\"count\",\"valueDecimal\":1}");
    }

    /** A resource must match one of the filters and one of the restrictions. */
    @Test
    void severalRestrictionsAreAlternatives() {
        String scope = "system/Observation.rs?category=";
        SluiceServer two = server.as(KnownTokens.of("two", scope + "laboratory " + scope + "therapy"));
        SluiceServer wide = server.as(KnownTokens.of("wide", scope + "laboratory system/Observation.rs"));
        SluiceServer broken = server.as(KnownTokens.of("broken", scope + "laboratory system/Observation.rs?x=1"));

        assertThat(keys(two, "/$export")).containsExactly("Observation/lab", "Observation/secret-talk");
        assertThat(keys(two, "/$export?_type=Observation&" + query("Observation?_id=lab,Observation?code=c2")))
                .containsExactly("Observation/lab");
        assertThat(keys(wide, "/$export?_since=2020-01-01"))
                .containsExactly("Observation/lab", "Observation/secret-talk");
        assertThat(keys(broken, "/$export")).containsExactly("Observation/lab");
    }

    @Test
    void aRefusalNamesWhatIsMissing() {
        SluiceServer part = server.as(KnownTokens.of("part", PART));

        assertThat(outcome(403, kickOff(part, "/$export?_type=Condition,Encounter,Patient")))
                .containsExactly(
                        "The access token does not allow to export Condition, Encounter; that needs a scope such as"
                                + " system/Condition.rs.");
        assertThat(outcome(403, kickOff(part, "/$export?_since=2020")).toString())
                .contains("a part of Observation only", "Name other types in _type", "handling=lenient");
        assertThat(outcome(403, kickOff(part, filter("Patient?_has:Observation:patient:code=c1")))
                        .toString())
                .contains("asks for Observation", "without a restriction");
    }

    /** The rows that an index finds are counted before the restriction is applied to them. */
    @Test
    void howAJobStandsTellsNothingOfWhatARestrictionHides() {
        SluiceServer part = server.as(KnownTokens.of("asker", WITHOUT_INDEX));
        for (String id : List.of("secret-talk", "of-nobody")) {
            String path = finished(part, filter("Observation?_id=" + id)).replaceFirst(".*/fhir", "");
            String details = part.get(path + "/details").body();
            String list = part.get("/_operations?kind=export&count=1").body();

            assertThat(details + list)
                    .contains("\"restricted\":true")
                    .containsPattern("\"types\":\\[]")
                    .doesNotContainPattern(
                            "\"(units|unitsDone|totalBytes|doneBytes|doneRows|writtenRows)\":[1-9]|\"totalRows\":[0-9]"
                                    + "|\"(bytes|rows)PerSecond\":[0-9]| rows?, | units?\\b");
            assertThat(part.get(path + "/units").body()).contains("\"units\":[]");
        }
        SluiceServer whole = server.as(KnownTokens.of("whole", "system/Patient.rs system/Observation.rs"));
        String path = finished(whole, "/$export").replaceFirst(".*/fhir", "");
        assertThat(whole.get(path + "/details").body()).containsPattern("\"totalRows\":[1-9]");
        assertThat(whole.get(path + "/units").body()).contains("\"number\":1");
    }

    /** Each filter is combined with each restriction, within the limits of filters. */
    @Test
    void combinationsAreLimited() {
        String restrictions = IntStream.range(0, 50)
                .mapToObj(n -> "system/Observation.rs?category=c" + n)
                .collect(Collectors.joining(" "));
        String filters =
                IntStream.range(0, 100).mapToObj(n -> "Observation?code=c" + n).collect(Collectors.joining(","));
        SluiceServer many = server.as(KnownTokens.of("many", restrictions));

        assertThat(outcome(400, kickOff(many, "/$export?_type=Observation&" + query(filters)))
                        .toString())
                .contains("more than 2000 clauses");
        assertThat(kickOff(many, "/$export?_type=Observation").statusCode()).isEqualTo(202);
    }
}
