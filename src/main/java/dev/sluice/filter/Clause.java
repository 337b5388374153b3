package dev.sluice.filter;

import dev.sluice.match.CompositeList;
import dev.sluice.match.IndexPredicate;
import dev.sluice.match.TextPrefilter;
import dev.sluice.match.ValueList;
import dev.sluice.match.ValueMatch;
import dev.sluice.r4.ElementPath;
import dev.sluice.r4.SearchParameter;
import dev.sluice.r4.SearchParameter.Component;
import dev.sluice.r4.SearchParameter.Composite;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One clause {@code name=value,value} of a query. A resource matches a filter if it matches all clauses.
 *
 * <p>Immutable and used by many threads.
 */
sealed interface Clause
        permits Clause.Values, Clause.Missing, Clause.Combined, CanonicalClause, ChainClause, HasClause {
    /** A clause as it is printed: the name with modifier and chain, the values with their FHIR escapes. */
    record Text(String name, String values) {}

    Text text();

    boolean matches(ObjectNode resource, EvaluationContext around);

    /** The root fields of the resource that the clause reads. */
    Stream<String> roots();

    /** The number of values that it compares with, including those of other resources. */
    default int size() {
        return 1;
    }

    /** The heap that it takes, in bytes, about. */
    default long bytes() {
        return FilterLimits.bytes(size(), text().values().length());
    }

    /** Strings of which every matching resource contains at least one; null if unknown. */
    default @Nullable List<String> necessary() {
        return null;
    }

    /** The conditions that an index can serve; null if none. */
    default @Nullable IndexPredicate indexPredicate() {
        return null;
    }

    /**
     * Compares a parameter with values; with {@code :not} it matches if the parameter has none of them.
     *
     * @param negated whether resources without any of the values match, including those without an element
     */
    record Values(Text text, SearchParameter parameter, boolean negated, ValueList values) implements Clause {
        Values(Text text, SearchParameter parameter, boolean negated, List<ValueMatch> alternatives) {
            this(text, parameter, negated, new ValueList(parameter, alternatives));
        }

        @Override
        public boolean matches(ObjectNode resource, EvaluationContext around) {
            return negated != ElementPath.any(parameter.paths(), resource, around.container(), values::anyMatches);
        }

        @Override
        public Stream<String> roots() {
            return parameter.paths().stream().flatMap(path -> path.roots().stream());
        }

        @Override
        public int size() {
            return values.all().size();
        }

        @Override
        public @Nullable List<String> necessary() {
            return negated ? null : TextPrefilter.ofAll(values.all(), a -> a.necessary(parameter));
        }

        @Override
        public @Nullable IndexPredicate indexPredicate() {
            return negated ? null : IndexPredicate.of(parameter, values.all());
        }
    }

    /** {@code name:missing=true} or {@code =false}. An element without a value, such as an empty object, is missing. */
    record Missing(Text text, SearchParameter parameter, boolean missing) implements Clause {
        @Override
        public boolean matches(ObjectNode resource, EvaluationContext around) {
            return missing
                    != ElementPath.any(
                            parameter.elements(),
                            resource,
                            around.container(),
                            (type, element) -> !element.isEmpty() || element.isValueNode());
        }

        @Override
        public Stream<String> roots() {
            return parameter.elements().stream().flatMap(path -> path.roots().stream());
        }
    }

    /**
     * A composite parameter: matches if one element has all parts of one of the alternatives.
     *
     * @param values each with one match for each component
     */
    record Combined(Text text, SearchParameter parameter, CompositeList values) implements Clause {
        Combined(Text text, SearchParameter parameter, List<List<ValueMatch>> alternatives) {
            this(text, parameter, new CompositeList(parameter, alternatives));
        }

        @Override
        public boolean matches(ObjectNode resource, EvaluationContext around) {
            for (Composite composite : parameter.composites()) {
                if (composite
                        .element()
                        .any(
                                resource,
                                around.container(),
                                element -> values.anyMatches(composite, element, resource))) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public int size() {
            return values.all().size();
        }

        /** By the first component that an index contains, which is the code. */
        @Override
        public @Nullable IndexPredicate indexPredicate() {
            List<Component> components = parameter.composites().get(0).components();
            for (int i = 0; i < components.size(); i++) {
                int component = i;
                IndexPredicate predicate = IndexPredicate.of(
                        components.get(i).parameter(),
                        values.all().stream().map(value -> value.get(component)).toList());
                if (predicate != null) {
                    return predicate;
                }
            }
            return null;
        }

        /** The elements that the clause reads: the composite's element, and the components that are elements of the resource. */
        @Override
        public Stream<String> roots() {
            return parameter.composites().stream().flatMap(composite -> {
                List<String> element = composite.element().roots();
                return Stream.concat(
                        element.stream(),
                        composite.components().stream()
                                .filter(component -> element.isEmpty() || component.ofResource())
                                .flatMap(component -> component.paths().stream())
                                .flatMap(path -> path.roots().stream()));
            });
        }

        @Override
        public @Nullable List<String> necessary() {
            List<Component> components = parameter.composites().get(0).components();
            return TextPrefilter.ofAll(values.all(), alternative -> {
                String longest = null;
                for (int i = 0; i < alternative.size(); i++) {
                    String text = alternative.get(i).necessary(components.get(i).parameter());
                    longest = longest == null || (text != null && text.length() > longest.length()) ? text : longest;
                }
                return longest;
            });
        }
    }
}
