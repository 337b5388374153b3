package dev.sluice.search;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the {@code _typeFilter} of an export request, and tells everything that is wrong with it at once.
 *
 * <p>Safe for any number of threads. Parsing the text of a filter gives an equal filter.
 */
public final class TypeFilterParser {
    private final SearchParameters parameters;
    private final Predicate<String> ownBase;

    /**
     * @param ownBase whether a base URL, without a slash at its end, is this server's own: then
     *     {@code https://own/fhir/Patient/1} and {@code Patient/1} are the same reference
     */
    public TypeFilterParser(SearchParameters parameters, Predicate<String> ownBase) {
        this.parameters = parameters;
        this.ownBase = ownBase;
    }

    /** The same parser, for a server that is reached by this base too. */
    public TypeFilterParser reachedBy(String base) {
        return new TypeFilterParser(parameters, ownBase.or(base::equals));
    }

    /**
     * The filters of all values, in the order written; a query with a fault gives issues and no filter.
     *
     * @param values the values of the parameter, percent-decoded once, each with one query or several between commas
     * @param asOf what {@code ap} measures a date's distance from; the transaction time of the export, so that doing a
     *     unit twice gives the same lines
     * @param issues where to add one issue for each fault
     * @throws FhirProblem 400 if the filters have more clauses or values than {@link FilterLimits} allows
     */
    public List<TypeFilter> parse(List<String> values, Instant asOf, List<FhirProblem.Issue> issues) {
        FilterLimits limits = new FilterLimits();
        ClauseParser clauses =
                new ClauseParser(new ParameterFinder(parameters), new ValueReader(ownBase, asOf), limits);
        List<TypeFilter> filters = new ArrayList<>();
        for (String value : values) {
            for (String query : QueryText.split(value)) {
                parse(query, clauses, limits, issues).ifPresent(filters::add);
            }
        }
        return filters;
    }

    private static Optional<TypeFilter> parse(
            String query, ClauseParser clauses, FilterLimits limits, List<FhirProblem.Issue> issues) {
        Faults faults = new Faults(query, issues);
        int mark = query.indexOf('?');
        if (mark < 0) {
            String twice = query.contains("%3F") ? " (this one looks percent-encoded twice)" : "";
            faults.syntax("has no '?'; write Type?parameter=value, such as Patient?gender=female" + twice);
            return Optional.empty();
        }
        String name = query.substring(0, mark);
        Optional<ResourceType> type = ResourceType.find(name);
        if (type.isEmpty()) {
            faults.unsupported(": " + ResourceType.unknown(Faults.cut(name)));
            return Optional.empty();
        }
        String rest = query.substring(mark + 1);
        if (rest.isEmpty()) {
            faults.syntax("has nothing after the '?'; write " + type.get()
                    + "?parameter=value, or leave the filter out to export every " + type.get());
            return Optional.empty();
        }
        List<Clause> found = new ArrayList<>();
        for (String pair : rest.split("&", -1)) {
            limits.clause(pair);
            clauses.parse(type.get(), pair, faults).ifPresent(found::add);
        }
        return faults.any() ? Optional.empty() : Optional.of(new TypeFilter(type.get(), found));
    }
}
