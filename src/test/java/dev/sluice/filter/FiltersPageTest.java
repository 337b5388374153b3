package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.match.ComparisonPrefix;
import dev.sluice.match.Modifier;
import dev.sluice.r4.SearchParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** Runs the examples of {@code docs/filters.md}. */
class FiltersPageTest {
    private static final Path PAGE = Path.of("docs", "filters.md");
    private static final Pattern EXAMPLE = Pattern.compile("```(filter|refused)\n(.*?)\n```", Pattern.DOTALL);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final TypeFilterParser parser = new TypeFilterParser(new SearchParameters(), base -> false);
    private final List<FhirException.Issue> issues = new ArrayList<>();

    /**
     * The lines of a block.
     *
     * @param query the first one
     * @param rest the others
     */
    record Example(String query, List<String> rest) {
        /** The resources after a word. */
        List<ObjectNode> resources(String word) {
            return rest.stream()
                    .filter(line -> line.startsWith(word + " "))
                    .map(line ->
                            FhirJson.parseObject(line.substring(word.length()).getBytes(UTF_8)))
                    .toList();
        }

        @Override
        public String toString() {
            return query;
        }
    }

    @ParameterizedTest
    @MethodSource("filters")
    void anExampleTakesAndLeavesWhatThePageSays(Example example) {
        List<TypeFilter> filters = parser.parse(List.of(example.query()), NOW, issues);
        ResourceFilter union = new ResourceFilter(filters, new MemoryResources(example.resources("beside")).oneByOne());

        assertThat(issues).isEmpty();
        assertThat(example.rest()).allMatch(line -> line.matches("(takes|leaves|beside) .*"));
        assertThat(example.resources("takes")).isNotEmpty().allMatch(resource -> matches(union, resource));
        assertThat(example.resources("leaves")).isNotEmpty().noneMatch(resource -> matches(union, resource));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void anExampleIsRefusedAsThePageSays(Example example) {
        assertThat(parser.parse(List.of(example.query()), NOW, issues)).isEmpty();

        assertThat(issues)
                .singleElement()
                .satisfies(issue ->
                        assertThat(issue.diagnostics()).contains(example.rest().get(0)));
    }

    @Test
    void thePageNamesEachModifierAndPrefix() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(Modifier.values()).allSatisfy(modifier -> assertThat(page).contains("`:" + modifier.code()));
        assertThat(ComparisonPrefix.values())
                .allSatisfy(prefix -> assertThat(page).containsPattern("(?i)[` ]" + prefix.name() + "[` ]"));
    }

    static Stream<Example> filters() throws IOException {
        return examples("filter");
    }

    static Stream<Example> refused() throws IOException {
        return examples("refused");
    }

    private static Stream<Example> examples(String kind) throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher block = EXAMPLE.matcher(Files.readString(PAGE));
        while (block.find()) {
            if (block.group(1).equals(kind)) {
                List<String> lines = block.group(2).lines().toList();
                examples.add(new Example(lines.get(0), lines.subList(1, lines.size())));
            }
        }
        return examples.stream();
    }

    private static boolean matches(ResourceFilter union, ObjectNode resource) {
        byte[] json = resource.toString().getBytes(UTF_8);
        return union.matches(json, 0, json.length);
    }
}
