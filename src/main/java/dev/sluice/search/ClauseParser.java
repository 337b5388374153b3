package dev.sluice.search;

import dev.sluice.fhir.ResourceType;
import dev.sluice.search.TypeFilter.Clause;
import dev.sluice.search.ValueMatch.Malformed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Reads one {@code name=value,value} of a query, or says why it cannot be used. */
final class ClauseParser {
    private static final Set<String> RESULT_PARAMETERS = Set.of(
            "_sort",
            "_count",
            "_include",
            "_revinclude",
            "_summary",
            "_total",
            "_elements",
            "_contained",
            "_containedType",
            "_format",
            "_pretty");
    private static final int NEAR = 3;

    private final ResourceType type;
    private final SearchParameters parameters;
    private final ValueReader reader;
    private final Faults faults;

    ClauseParser(ResourceType type, SearchParameters parameters, ValueReader reader, Faults faults) {
        this.type = type;
        this.parameters = parameters;
        this.reader = reader;
        this.faults = faults;
    }

    /** Empty after adding to the faults. */
    Optional<Clause> parse(String pair) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
            faults.syntax("has the part " + Faults.quote(pair) + ", which is not parameter=value");
            return Optional.empty();
        }
        try {
            String name = QueryText.decode(pair.substring(0, equals));
            String text = QueryText.decode(pair.substring(equals + 1));
            return parameter(name).flatMap(parameter -> clause(parameter, text));
        } catch (Malformed e) {
            faults.syntax("has the part " + Faults.quote(pair) + ", which " + e.reason());
            return Optional.empty();
        }
    }

    private Optional<SearchParameter> parameter(String name) {
        Optional<SearchParameter> found = parameters.find(type, name);
        Optional<String> reason = found.isPresent()
                ? found.get().refusal().map(r -> "uses " + name + " of " + type + ", which is not supported: " + r)
                : Optional.of(unknown(name));
        reason.ifPresent(faults::unsupported);
        return reason.isPresent() ? Optional.empty() : found;
    }

    private String unknown(String name) {
        String bare = name.split("[:.]", 2)[0];
        if (RESULT_PARAMETERS.contains(bare)) {
            return "uses " + bare + ", which shapes a search result and has no place in an export of " + type
                    + "; leave it out";
        }
        if (bare.equals("_has")) {
            return "uses _has on " + type + ", but reverse chaining is not supported; leave it out";
        }
        if (name.indexOf('.') > 0) {
            return "uses the chain " + Faults.quote(name) + " of " + type
                    + ", but chaining is not supported; filter by " + "parameters of " + type + " itself";
        }
        if (name.indexOf(':') > 0) {
            return "uses " + Faults.quote(name) + " of " + type + ", but modifiers are not supported; "
                    + modifierAdvice(bare, name.substring(bare.length() + 1));
        }
        if (name.startsWith("_")) {
            return "uses " + Faults.quote(name) + ", which is not supported: " + SearchParameters.ONLY_COMMON;
        }
        return "uses " + Faults.quote(name) + ", which is no search parameter of " + type
                + nearest(name).map(n -> "; did you mean '" + n + "'?").orElse("");
    }

    private static String modifierAdvice(String name, String modifier) {
        return ResourceType.find(modifier).isPresent()
                ? "write " + Faults.cut(name) + "=" + modifier + "/…"
                : "write " + Faults.cut(name) + "=…";
    }

    private Optional<String> nearest(String name) {
        LevenshteinDistance distance = new LevenshteinDistance(NEAR);
        return parameters.of(type).stream()
                .filter(SearchParameter::isSupported)
                .map(SearchParameter::name)
                .filter(n -> near(distance, n, name) >= 0 && near(distance, n, name) < n.length())
                .min(Comparator.comparingInt(n -> near(distance, n, name)));
    }

    /** Changes of one character that make one name of the other, in whatever case; negative if too many. */
    private static int near(LevenshteinDistance distance, String one, String other) {
        return distance.apply(one.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
    }

    private Optional<Clause> clause(SearchParameter parameter, String text) {
        List<ValueMatch> alternatives = new ArrayList<>();
        List<String> values = Escapes.split(text, ',');
        for (String value : values) {
            try {
                if (value.isBlank()) {
                    throw new Malformed("is empty");
                }
                alternatives.add(reader.read(parameter, value));
            } catch (Malformed e) {
                faults.syntax("has the value " + Faults.quote(value) + " for "
                        + parameter.kind().code() + " parameter " + parameter.name() + " of " + type + ", which "
                        + e.reason());
            }
        }
        return alternatives.size() == values.size()
                ? Optional.of(new Clause(parameter, text, alternatives))
                : Optional.empty();
    }
}
