package dev.sluice.filter;

import dev.sluice.json.JsonText;
import dev.sluice.match.SearchEscaping;
import dev.sluice.match.ValueMatch.InvalidValueException;
import dev.sluice.r4.ElementPath;
import dev.sluice.r4.SearchParameter;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ValueSet?url=http://example.org/a|1.0}: matches a definition by its canonical URL, which is its {@code url}
 * and, after the {@code |}, its {@code version}. Without a version every version matches.
 *
 * @see <a href="https://hl7.org/fhir/R4/references.html#canonical">canonical URLs</a>
 */
record CanonicalClause(Clause.Text text, SearchParameter parameter, List<Canonical> alternatives) implements Clause {
    private static final String VERSION = "version";

    /**
     * One value.
     *
     * @param version null for any
     */
    record Canonical(String url, @Nullable String version) {
        static Canonical read(String text) throws InvalidValueException {
            List<String> parts = SearchEscaping.split(text, '|');
            if (parts.size() > 2 || parts.stream().anyMatch(String::isEmpty)) {
                throw new InvalidValueException("is no canonical URL; write url or url|version");
            }
            return new Canonical(
                    SearchEscaping.unescape(parts.get(0)),
                    parts.size() == 1 ? null : SearchEscaping.unescape(parts.get(1)));
        }
    }

    @Override
    public boolean matches(ObjectNode resource, EvaluationContext around) {
        String version = JsonText.of(resource, VERSION);
        return ElementPath.any(
                parameter.paths(), resource, around.container(), (type, element) -> isOne(element, version));
    }

    private boolean isOne(JsonNode element, @Nullable String version) {
        String url = JsonText.of(element);
        for (Canonical alternative : alternatives) {
            if (alternative.url.equals(url) && (alternative.version == null || alternative.version.equals(version))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Stream<String> roots() {
        return Stream.concat(Stream.of(VERSION), parameter.paths().stream().flatMap(path -> path.roots().stream()));
    }

    @Override
    public int size() {
        return alternatives.size();
    }

    @Override
    public List<String> necessary() {
        return alternatives.stream().map(Canonical::url).toList();
    }
}
