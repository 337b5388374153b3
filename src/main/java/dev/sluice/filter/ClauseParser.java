package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.Suggestions;
import dev.sluice.match.FilterIssues;
import dev.sluice.match.Modifier;
import dev.sluice.match.ReferenceMatch;
import dev.sluice.match.SearchEscaping;
import dev.sluice.match.ValueMatch;
import dev.sluice.match.ValueMatch.InvalidValueException;
import dev.sluice.match.ValueReader;
import dev.sluice.r4.SearchParamType;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameter.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Parses one clause {@code name=value,value} of a query, or reports why it is invalid. */
final class ClauseParser {
    private final ParameterFinder finder;
    private final ValueReader reader;
    private final FilterLimits limits;
    private final ChainParser links;

    ClauseParser(ParameterFinder finder, ValueReader reader, FilterLimits limits) {
        this.finder = finder;
        this.reader = reader;
        this.limits = limits;
        this.links = new ChainParser(finder, this, reader.ownBase(), limits);
    }

    /** Empty after adding to the faults. */
    Optional<Clause> parse(ResourceType type, String pair, FilterIssues faults) {
        limits.clause();
        int equals = pair.indexOf('=');
        if (equals < 1) {
            faults.syntax("has the part " + FilterIssues.quote(pair) + ", which is not parameter=value");
            return Optional.empty();
        }
        try {
            String name = FilterSyntax.decode(pair.substring(0, equals));
            String values = FilterSyntax.decode(pair.substring(equals + 1));
            limits.values(values);
            return parse(type, new Clause.Text(name, values), 0, faults);
        } catch (InvalidValueException e) {
            faults.syntax("has the part " + FilterIssues.quote(pair) + ", which " + e.reason());
            return Optional.empty();
        }
    }

    /**
     * The same for a decoded text.
     *
     * @param followed the number of references that lead to the type
     */
    Optional<Clause> parse(ResourceType type, Clause.Text text, int followed, FilterIssues faults) {
        if (ChainParser.isLink(text.name())) {
            return links.parse(type, text, followed, faults);
        }
        int colon = text.name().indexOf(':');
        String name = colon < 0 ? text.name() : text.name().substring(0, colon);
        Optional<SearchParameter> parameter = finder.find(type, name, faults);
        if (parameter.isEmpty()) {
            return Optional.empty();
        }
        return colon < 0
                ? plain(parameter.get(), text, faults)
                : modified(parameter.get(), text, text.name().substring(colon + 1), faults);
    }

    private Optional<Clause> plain(SearchParameter parameter, Clause.Text text, FilterIssues faults) {
        if (parameter.kind() == SearchParamType.COMPOSITE) {
            return values(parameter, text, faults, value -> combined(parameter, value))
                    .map(found -> new Clause.Combined(text, parameter, found));
        }
        if (namesVersions(parameter, text)) {
            return this.<CanonicalClause.Canonical>values(parameter, text, faults, CanonicalClause.Canonical::read)
                    .map(found -> new CanonicalClause(text, parameter, found));
        }
        return values(parameter, text, faults, value -> reader.read(parameter, value, null))
                .map(found -> new Clause.Values(text, parameter, false, found));
    }

    /** Whether a value such as {@code url=http://example.org/a|1.0} is the URL of a definition with its version. */
    private boolean namesVersions(SearchParameter parameter, Clause.Text text) {
        return parameter.kind() == SearchParamType.URI
                && parameter.name().equals("url")
                && SearchEscaping.split(text.values(), '|').size() > 1
                && finder.isKnown(parameter.type(), "version");
    }

    private Optional<Clause> modified(SearchParameter parameter, Clause.Text text, String code, FilterIssues faults) {
        Optional<ResourceType> type = ResourceType.find(code);
        if (type.isPresent() && parameter.kind() == SearchParamType.REFERENCE) {
            if (!parameter.targets().contains(type.get())) {
                faults.unsupported(ReferenceMatch.noTarget(parameter, type.get()));
                return Optional.empty();
            }
            return this.<ValueMatch>values(
                            parameter,
                            text,
                            faults,
                            value -> ReferenceMatch.read(SearchEscaping.unescape(value), type.get(), reader.ownBase()))
                    .map(found -> new Clause.Values(text, parameter, false, found));
        }
        Optional<Modifier> modifier = Modifier.find(code);
        Optional<String> fault = modifier.isPresent()
                ? modifier.get().refusal(parameter)
                : Optional.of("R4 has no such modifier" + Suggestions.advice(code, Modifier.of(parameter.kind())));
        if (fault.isPresent()) {
            String reason = "uses the modifier " + FilterIssues.quote(":" + code) + " of " + parameter
                    + ", which is not supported: " + fault.get();
            if (modifier.isPresent()) {
                faults.unsupported(reason);
            } else {
                faults.misspelt(reason);
            }
            return Optional.empty();
        }
        return modified(parameter, text, modifier.orElseThrow(), faults);
    }

    private Optional<Clause> modified(
            SearchParameter parameter, Clause.Text text, Modifier modifier, FilterIssues faults) {
        if (modifier == Modifier.MISSING) {
            if (!text.values().equals("true") && !text.values().equals("false")) {
                faults.syntax("has the value " + FilterIssues.quote(text.values()) + " for " + text.name()
                        + ", which must be 'true' or 'false'");
                return Optional.empty();
            }
            return Optional.of(new Clause.Missing(text, parameter, text.values().equals("true")));
        }
        return values(parameter, text, faults, value -> reader.read(parameter, value, modifier))
                .map(found -> new Clause.Values(text, parameter, modifier == Modifier.NOT, found));
    }

    /** Reads one value, with its FHIR escapes. */
    private interface OneValue<T> {
        T read(String value) throws InvalidValueException;
    }

    /** All alternatives; empty if one cannot be read. */
    private <T> Optional<List<T>> values(
            SearchParameter parameter, Clause.Text text, FilterIssues faults, OneValue<T> one) {
        List<T> alternatives = new ArrayList<>();
        limits.valuesOfType(text.values());
        List<String> values = SearchEscaping.split(text.values(), ',');
        for (String value : values) {
            try {
                if (value.isBlank()) {
                    throw new InvalidValueException("is empty");
                }
                alternatives.add(one.read(value));
            } catch (InvalidValueException e) {
                faults.syntax("has the value " + FilterIssues.quote(value) + " for "
                        + parameter.kind().code() + " parameter " + parameter.name() + " of " + parameter.type()
                        + ", which " + e.reason());
            }
        }
        return alternatives.size() == values.size() ? Optional.of(alternatives) : Optional.empty();
    }

    private List<ValueMatch> combined(SearchParameter parameter, String value) throws InvalidValueException {
        List<Component> components = parameter.composites().get(0).components();
        List<String> parts = SearchEscaping.split(value, '$');
        if (parts.size() != components.size()) {
            throw new InvalidValueException("has not the form "
                    + components.stream()
                            .map(component -> component.parameter().name())
                            .collect(Collectors.joining("$")));
        }
        List<ValueMatch> matches = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            SearchParameter part = components.get(i).parameter();
            if (parts.get(i).isBlank()) {
                throw new InvalidValueException("has nothing for " + part.name());
            }
            matches.add(reader.read(part, parts.get(i), null));
        }
        return matches;
    }
}
