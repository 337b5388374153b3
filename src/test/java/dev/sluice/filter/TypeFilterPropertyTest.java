package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.SearchParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What holds for every filter, whatever it asks for. */
class TypeFilterPropertyTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final SearchParameters PARAMETERS = new SearchParameters();

    private final TypeFilterParser parser = new TypeFilterParser(PARAMETERS, base -> false);

    @Test
    void parsingThePrintedFilterGivesAnEqualFilter() {
        Draws.tries(2000, draws -> {
            TypeFilter filter = parse(List.of(query(draws))).get(0);

            List<TypeFilter> again = parse(List.of(filter.toString()));

            assertThat(again).containsExactly(filter);
            assertThat(again.get(0).clauses()).usingRecursiveComparison().isEqualTo(filter.clauses());
        });
    }

    @Test
    void queriesInOneValueAreTheSameAsQueriesInSeveral() {
        Draws.tries(500, draws -> {
            List<String> queries = draws.list(1, 4, () -> query(draws));

            assertThat(parse(List.of(String.join(",", queries)))).isEqualTo(parse(queries));
        });
    }

    @Test
    void theOrderOfClausesAndOfValuesDoesNotMatter() {
        Draws.tries(500, draws -> {
            Observed observed = observed(draws);
            List<String> shuffled = draws.shuffled(observed.clauses());
            shuffled.replaceAll(clause -> shuffledValues(clause, draws));

            assertThat(matches(observed.resource(), shuffled))
                    .isEqualTo(matches(observed.resource(), observed.clauses()));
        });
    }

    @Test
    void aFilterMatchesWhenEachOfItsClausesDoes() {
        Draws.tries(500, draws -> {
            Observed observed = observed(draws);
            boolean each =
                    observed.clauses().stream().allMatch(clause -> matches(observed.resource(), List.of(clause)));

            assertThat(matches(observed.resource(), observed.clauses())).isEqualTo(each);
        });
    }

    @Test
    void aClauseMatchesWhenOneOfItsValuesDoes() {
        Draws.tries(500, draws -> {
            Observed observed = observed(draws);
            String clause = observed.clauses().get(0);
            String name = clause.substring(0, clause.indexOf('=') + 1);
            boolean one = List.of(clause.substring(name.length()).split(",", -1)).stream()
                    .anyMatch(value -> matches(observed.resource(), List.of(name + value)));

            assertThat(matches(observed.resource(), List.of(clause))).isEqualTo(one);
        });
    }

    @Test
    void aUnionTakesWhatOneOfItsFiltersTakesInAnyOrder() {
        Draws.tries(500, draws -> {
            Observed observed = observed(draws);
            List<String> queries = draws.list(
                    1,
                    4,
                    () -> "Observation?" + String.join("&", observed(draws).clauses()));
            byte[] bytes = observed.resource().toString().getBytes(UTF_8);
            List<TypeFilter> filters = parse(queries);
            boolean one = filters.stream().anyMatch(filter -> filter.matches(observed.resource(), NoLinks.NONE));

            for (List<TypeFilter> ordered : List.of(filters, draws.shuffled(filters))) {
                assertThat(new ResourceFilter(ordered, NoLinks.NONE).matches(bytes, 0, bytes.length))
                        .isEqualTo(one);
            }
        });
    }

    /** Many filters and values are looked up in tables, a few are asked one after the other. */
    @Test
    void manyFiltersTakeWhatOneOfThemTakes() {
        Draws.tries(300, draws -> {
            Observed observed = observed(draws);
            List<TypeFilter> filters = parse(draws.list(
                    5,
                    20,
                    () -> "Observation?" + String.join("&", observed(draws).clauses())));
            byte[] bytes = observed.resource().toString().getBytes(UTF_8);
            boolean one = filters.stream().anyMatch(filter -> filter.matches(observed.resource(), NoLinks.NONE));

            assertThat(new ResourceFilter(filters, NoLinks.NONE).matches(bytes, 0, bytes.length))
                    .isEqualTo(one);
        });
    }

    /** Whatever the kind of its parameter, a list is its values, each alone. */
    @Test
    void aLongListTakesWhatOneOfItsValuesTakes() {
        ObjectNode resource = FhirJson.parseObject("""
                {"resourceType":"Observation","id":"i7","status":"final","identifier":[{"system":"s","value":"v7"}],
                "code":{"coding":[{"system":"s","code":"c7"}],"text":"t7"},"subject":{"reference":"Patient/p7"},
                "focus":[{"reference":"https://own/fhir/Device/d7"},{"reference":"urn:uuid:7"}],"valueString":"w7",
                "meta":{"profile":["http://p/7|1"],"source":"http://s/7"},"valueQuantity":{"value":7}}
                """.getBytes(UTF_8));
        TypeFilterParser own = new TypeFilterParser(PARAMETERS, "https://own/fhir"::equals);
        for (String clause : List.of(
                "_id=i%d",
                "code=c%d",
                "code=s|c%d",
                "code=s|,c%d",
                "identifier=v%d",
                "identifier=s|v%d",
                "subject=Patient/p%d",
                "patient=p%d",
                "subject=p%d",
                "subject:Patient=p%d",
                "focus=Device/d%d",
                "focus=https://own/fhir/Device/d%d",
                "focus=urn:uuid:%d",
                "_profile=http://p/%d",
                "_profile=http://p/%d|1",
                "_source=http://s/%d",
                "value-string=w%d",
                "value-string:exact=w%d",
                "value-string:contains=%d",
                "code:text=t%d",
                "code-value-string=c%d$w",
                "code-value-quantity=c%d$gt6",
                "code:not=c%d",
                "value-quantity=%d")) {
            String name = clause.substring(0, clause.indexOf('=') + 1);
            for (List<Integer> numbers : List.of(List.of(1, 7, 9), List.of(1, 2), List.of(7), List.of(8, 70, 17))) {
                String values = numbers.stream()
                        .map(n -> clause.substring(name.length()).formatted(n))
                        .collect(Collectors.joining(","));
                boolean expected = numbers.contains(7) != name.contains(":not") || clause.contains("|,");

                assertThat(own.parse(List.of("Observation?" + name + values), NOW, new ArrayList<>())
                                .get(0)
                                .matches(resource, NoLinks.NONE))
                        .as("%s%s", name, values)
                        .isEqualTo(expected);
            }
        }
    }

    /** Of many names, some of which start others. */
    @Test
    void aListOfStringsTakesWhatOneOfThemTakes() {
        Draws.tries(1000, draws -> {
            Supplier<String> text = () -> draws.text(1, 4, "abB\u00e9") + draws.of("", "-", " ", " a", "-b");
            ObjectNode patient = FhirJson.MAPPER.createObjectNode();
            patient.putArray("name").addObject().put("family", text.get() + text.get());
            List<String> values =
                    draws.list(2, 12, () -> text.get().strip().replace(" ", "%20")); // no blank at the end
            String name = "Patient?family" + draws.of("", ":contains", ":exact") + "=";

            assertThat(parse(List.of(name + String.join(",", values))).get(0).matches(patient, NoLinks.NONE))
                    .as("%s%s on %s", name, values, patient)
                    .isEqualTo(values.stream()
                            .anyMatch(
                                    value -> parse(List.of(name + value)).get(0).matches(patient, NoLinks.NONE)));
        });
    }

    /** A word may be anywhere, whole or in part, as itself or as escapes: what is taken does not change. */
    @Test
    void lookingForWordsInTheBytesChangesNothing() {
        Draws.tries(2000, draws -> {
            Supplier<String> word = () -> draws.text(1, 3, "aB/\u00e9-\u4e2d");
            ObjectNode observation = FhirJson.MAPPER.createObjectNode();
            observation.put("status", word.get()).put("implicitRules", word.get());
            observation.putObject("code").putArray("coding").addObject().put("code", word.get());
            byte[] bytes = escaped(observation.toString(), draws).getBytes(UTF_8);
            String query = draws.of("code=", "status=", "code:not=", "identifier=") + values(draws, word);
            TypeFilter filter = parse(List.of("Observation?" + query)).get(0);

            assertThat(new ResourceFilter(List.of(filter), NoLinks.NONE).matches(bytes, 0, bytes.length))
                    .as("%s on %s", query, new String(bytes, UTF_8))
                    .isEqualTo(filter.matches(observation, NoLinks.NONE));
        });
    }

    @Test
    void aQueryWithAFaultIsLeftOutAndTheOthersAreNotChanged() {
        Draws.tries(500, draws -> {
            List<String> good = draws.list(0, 3, () -> query(draws));
            String bad =
                    draws.of("Patient?gendre=x", "Foo?a=b", "Patient?name:exat=x", "Observation?date=x", "Patient");
            List<String> all = new ArrayList<>(good);
            all.add(draws.index(all.size() + 1), bad);
            List<FhirException.Issue> issues = new ArrayList<>();

            assertThat(parser.parse(all, NOW, issues)).isEqualTo(parse(good));
            assertThat(issues)
                    .singleElement()
                    .satisfies(issue -> assertThat(issue.diagnostics()).contains("'" + bad + "'"));
        });
    }

    private static String escaped(String json, Draws draws) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean may = "aB/-".indexOf(c) >= 0 || c > '~';
            if (may && draws.index(4) == 0) {
                text.append(c == '/' ? "\\/" : String.format(draws.of("\\u%04x", "\\u%04X"), (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** A resource, and clauses that may or may not match it. */
    record Observed(ObjectNode resource, List<String> clauses) {}

    private static Observed observed(Draws draws) {
        Supplier<String> code = () -> draws.of("a", "b", "c");
        Supplier<String> day = () -> draws.of("2024", "2024-01", "2024-01-02", "2024-02-03T04:05:06Z");
        ObjectNode observation = FhirJson.MAPPER.createObjectNode();
        observation.put("status", code.get()).put("effectiveDateTime", day.get());
        observation.putObject("code").putArray("coding").addObject().put("code", code.get());
        Supplier<String> clause = () -> draws.from(
                () -> "status=" + values(draws, code),
                () -> "code=" + values(draws, code),
                () -> "date=" + values(draws, () -> draws.of("", "ge", "lt", "sa", "ne") + day.get()));
        return new Observed(observation, draws.list(1, 3, clause));
    }

    /** Values of any characters, escaped and percent-encoded as a careful client does. */
    private static String query(Draws draws) {
        Supplier<String> text = () -> escaped(draws.text(1, 12, "aZ9,|$\\%&=?+# \u00e9\u4e2d-") + "x");
        return draws.from(
                () -> "Patient?family=" + values(draws, text),
                () -> "Encounter?date=" + draws.of("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
                        + draws.of("2024", "2024-05", "2024-05-31", "2024-05-31T10:00:00+02:00")
                        + "&status=finished,planned",
                () -> "Observation?code=" + text.get() + "|" + text.get(),
                () -> "Patient?name:" + draws.of("exact", "contains") + "=" + values(draws, text),
                () -> "Observation?code:" + draws.of("not", "text") + "=" + values(draws, text),
                () -> "Patient?identifier:of-type=" + text.get() + "|" + text.get() + "|" + text.get(),
                () -> "Observation?code-value-string=" + values(draws, () -> text.get() + "$" + text.get()),
                () -> "ValueSet?url:" + draws.of("below", "above", "missing") + "=" + draws.of("true", "false"),
                () -> "Observation?subject:Patient." + draws.of("name:exact", "organization.name", "family") + "="
                        + values(draws, text),
                () -> "Patient?_has:Observation:patient:" + draws.of("code", "encounter.type", "value-string:contains")
                        + "=" + values(draws, text));
    }

    private static String values(Draws draws, Supplier<String> value) {
        return String.join(",", draws.list(1, 3, value));
    }

    private static String escaped(String text) {
        return text.replaceAll("[,|$\\\\]", "\\\\$0")
                .replace("%", "%25")
                .replace("&", "%26")
                .replace("?", "%3F");
    }

    private static String shuffledValues(String clause, Draws draws) {
        int equals = clause.indexOf('=') + 1;
        List<String> values = List.of(clause.substring(equals).split(",", -1));
        return clause.substring(0, equals) + String.join(",", draws.shuffled(values));
    }

    private boolean matches(ObjectNode observation, List<String> clauses) {
        return parse(List.of("Observation?" + String.join("&", clauses))).get(0).matches(observation, NoLinks.NONE);
    }

    private List<TypeFilter> parse(List<String> values) {
        List<FhirException.Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = parser.parse(values, NOW, issues);
        assertThat(issues).isEmpty();
        return filters;
    }
}
