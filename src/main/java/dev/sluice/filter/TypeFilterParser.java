package dev.sluice.filter;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.MemoryBudget;
import dev.sluice.match.FilterIssues;
import dev.sluice.match.ValueReader;
import dev.sluice.r4.SearchParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Parses the {@code _typeFilter} of an export request and reports all of its errors at once.
 *
 * <p>Safe for any number of threads. Parsing the text of a filter gives an equal filter.
 */
public final class TypeFilterParser {
    private final SearchParameters parameters;
    private final Predicate<String> ownBase;
    private final MemoryBudget memory;

    /** A parser with a memory budget of its own. */
    public TypeFilterParser(SearchParameters parameters, Predicate<String> ownBase) {
        this(parameters, ownBase, MemoryBudget.forThisMachine());
    }

    /**
     * @param ownBase whether a base URL, without a slash at its end, is this server's own: then
     *     {@code https://own/fhir/Patient/1} and {@code Patient/1} are the same reference
     * @param memory limits the heap of all filters that are parsed at the same time
     */
    public TypeFilterParser(SearchParameters parameters, Predicate<String> ownBase, MemoryBudget memory) {
        this.parameters = parameters;
        this.ownBase = ownBase;
        this.memory = memory;
    }

    /**
     * The result of parsing the values of the parameter.
     *
     * @param filters in their order; a query with a fault yields none
     * @param faults errors: parts that are malformed, or without which nothing of a query remains
     * @param omissions one issue for each unsupported part of a query that was ignored
     */
    public record Reading(
            List<TypeFilter> filters, List<FhirException.Issue> faults, List<FhirException.Issue> omissions) {}

    /**
     * Parses the filters of all values, in their order. A query with a fault yields issues and no filter.
     *
     * @param values the values of the parameter, percent-decoded once, each with one query or several between commas
     * @param asOf the time to which {@code ap} compares dates: the transaction time of the export, so that a unit that
     *     is written twice has the same lines
     * @param issues receives one issue for each fault
     * @throws FhirException 400 if the filters have more clauses or values than {@link FilterLimits} allows; 503 if too
     *     many others are parsed at this time
     */
    public List<TypeFilter> parse(List<String> values, Instant asOf, List<FhirException.Issue> issues) {
        return read(values, asOf, new Reading(new ArrayList<>(), issues, issues), true);
    }

    /**
     * The same for lenient handling: unsupported parts of a query are ignored. A malformed or misspelt part is a fault.
     * A query of which no part remains is a fault too, because the export would hold more than the client requested.
     */
    public Reading read(List<String> values, Instant asOf) {
        Reading reading = new Reading(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        read(values, asOf, reading, false);
        return reading;
    }

    private List<TypeFilter> read(List<String> values, Instant asOf, Reading reading, boolean strict) {
        try (MemoryBudget.Claim claim = memory.claim()) {
            FilterLimits limits = new FilterLimits(claim);
            limits.text(values);
            ClauseParser clauses =
                    new ClauseParser(new ParameterFinder(parameters), new ValueReader(ownBase, asOf), limits);
            read(values, clauses, reading, strict);
        }
        return reading.filters;
    }

    private static void read(List<String> values, ClauseParser clauses, Reading reading, boolean strict) {
        for (String value : values) {
            for (String query : FilterSyntax.split(value)) {
                FilterIssues faults = new FilterIssues(query, reading.faults);
                FilterIssues leftOut = faults.apart();
                Optional<TypeFilter> filter = parse(query, clauses, faults, leftOut);
                boolean rest = !strict && filter.isPresent();
                (rest ? new FilterIssues(query, reading.omissions) : faults).addAll(leftOut);
                if (!faults.any()) {
                    filter.ifPresent(reading.filters::add);
                }
            }
        }
    }

    /** Parses a query and adds its faults; empty if no part remains. */
    private static Optional<TypeFilter> parse(
            String query, ClauseParser clauses, FilterIssues faults, FilterIssues leftOut) {
        Optional<ResourceType> type = type(query, faults);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        List<Clause> found = new ArrayList<>();
        for (String pair : FilterLimits.divided(query.substring(query.indexOf('?') + 1))) {
            FilterIssues ofPart = faults.apart();
            clauses.parse(type.get(), pair, ofPart).ifPresent(found::add);
            (ofPart.canBeLeftOut() ? leftOut : faults).addAll(ofPart);
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(new TypeFilter(type.get(), found));
    }

    /** The type of a query; empty, with a fault, if the type or the query is missing. */
    private static Optional<ResourceType> type(String query, FilterIssues faults) {
        int mark = query.indexOf('?');
        if (mark < 0) {
            String twice = query.contains("%3F") ? " (this one looks percent-encoded twice)" : "";
            faults.syntax("has no '?'; write Type?parameter=value, such as Patient?gender=female" + twice);
            return Optional.empty();
        }
        String name = query.substring(0, mark);
        Optional<ResourceType> type = ResourceType.find(name);
        if (type.isEmpty()) {
            faults.misspelt(": " + ResourceType.unknown(FilterIssues.cut(name)));
        } else if (mark == query.length() - 1) {
            faults.syntax("has nothing after the '?'; write " + type.get()
                    + "?parameter=value, or leave the filter out to export every " + type.get());
            return Optional.empty();
        }
        return type;
    }
}
