package dev.sluice.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.match.IndexPredicate;
import dev.sluice.match.IndexTerm;
import dev.sluice.r4.SearchParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a filter tells an index. */
class IndexPredicateTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant YEAR = Instant.parse("2024-01-01T00:00:00Z");
    private static final Instant NEXT = Instant.parse("2025-01-01T00:00:00Z");

    private final TypeFilterParser parser = new TypeFilterParser(new SearchParameters(), "https://own/fhir"::equals);

    @Test
    void eachClauseTellsItsParameterAndItsAlternatives() {
        List<IndexPredicate> predicates =
                predicates("Observation?code=http://l|a,b,|c&subject=Patient/1,2&status=final");

        assertThat(predicates)
                .extracting(predicate -> predicate.parameter().name())
                .containsExactly("code", "subject", "status");
        assertThat(predicates.get(0).alternatives())
                .containsExactly(
                        new IndexTerm.Token("http://l", "a"),
                        new IndexTerm.Token(null, "b"),
                        new IndexTerm.Token("", "c"));
        assertThat(predicates.get(1).alternatives())
                .containsExactly(
                        new IndexTerm.Reference(ResourceType.PATIENT, "1"), new IndexTerm.Reference(null, "2"));
    }

    @Test
    void aLiteralIsOfTheKindOfItsParameter() {
        assertThat(terms("Patient?identifier=http://h|7")).containsExactly(new IndexTerm.Token("http://h", "7"));
        assertThat(terms("Patient?identifier:of-type=http://t|MR|7")).containsExactly(new IndexTerm.Token(null, "7"));
        assertThat(terms("Patient?_id=a")).containsExactly(new IndexTerm.Token(null, "a"));
        assertThat(terms("Observation?subject:Patient=1"))
                .containsExactly(new IndexTerm.Reference(ResourceType.PATIENT, "1"));
        assertThat(terms("Observation?subject=https://own/fhir/Patient/1"))
                .containsExactly(new IndexTerm.Reference(ResourceType.PATIENT, "1"));
    }

    @Test
    void aDateIsATimeBeforeWhichTheElementDoesNotEnd() {
        assertThat(terms("Observation?date=2024")).containsExactly(new IndexTerm.NotBefore(YEAR));
        assertThat(terms("Observation?date=gt2024")).containsExactly(new IndexTerm.NotBefore(NEXT));
        assertThat(terms("Observation?date=sa2024")).containsExactly(new IndexTerm.NotBefore(NEXT));
        assertThat(terms("Observation?date=ge2024")).containsExactly(new IndexTerm.NotBefore(YEAR));
    }

    @Test
    void aCompositeIsNarrowedByItsCode() {
        List<IndexPredicate> predicates = predicates("Observation?combo-code-value-quantity=a$5,http://l|b$gt6");

        assertThat(predicates).singleElement().satisfies(predicate -> {
            assertThat(predicate.parameter()).hasToString("Observation?combo-code");
            assertThat(predicate.alternatives())
                    .containsExactly(new IndexTerm.Token(null, "a"), new IndexTerm.Token("http://l", "b"));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Patient?gender:not=male",
                "Patient?gender:missing=false",
                "Patient?active=true",
                "Patient?deceased=false",
                "ValueSet?version=1",
                "Patient?name=x",
                "Observation?code:text=x",
                "Observation?date=2024,ne2025",
                "Observation?date=lt2024",
                "Observation?date=eb2024",
                "Observation?date=le2024",
                "ValueSet?url=http://a",
                "Observation?value-quantity=5",
                "Observation?subject:identifier=1",
                "Observation?subject=https://other/fhir/Patient/1",
                "Observation?subject=Patient/1,urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0001",
                "PlanDefinition?depends-on=Library/1",
                "ValueSet?url:below=http://a",
                "Observation?subject.name=x",
                "Patient?_has:Observation:patient:code=x",
            })
    void whatCannotBeLookedUpTellsNothing(String query) {
        assertThat(predicates(query)).isEmpty();
    }

    private List<IndexTerm> terms(String query) {
        return predicates(query).get(0).alternatives();
    }

    private List<IndexPredicate> predicates(String query) {
        List<FhirException.Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = parser.parse(List.of(query), NOW, issues);
        assertThat(issues).isEmpty();
        return filters.get(0).indexPredicates();
    }
}
