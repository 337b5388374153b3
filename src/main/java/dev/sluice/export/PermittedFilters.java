package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.TypeFilter;
import dev.sluice.filter.TypeFilterParser;
import dev.sluice.security.Caller;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.lang3.StringUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Applies the restrictions of scopes, such as {@code ?category=laboratory}, as filters. */
@Component
class PermittedFilters {
    private static final Logger log = LoggerFactory.getLogger(PermittedFilters.class);

    /** As many characters of filters as the body of a kick-off can hold, and as many again. */
    private static final long MOST_CHARACTERS = 2 << 20;

    private final TypeFilterParser parser;
    private final Clock clock;

    PermittedFilters(TypeFilterParser parser, Clock clock) {
        this.parser = parser;
        this.clock = clock;
    }

    /**
     * What a caller may export. A scope whose restriction cannot be read allows nothing.
     *
     * @param ofPatients whether resources of a type belong to patients
     */
    ExportPermissions permissions(Caller caller, Predicate<ResourceType> ofPatients) {
        Map<ResourceType, List<String>> exportable = caller.permissions().exportable();
        if (exportable == null) {
            return new ExportPermissions(null, caller.limits(), ofPatients);
        }
        Map<ResourceType, List<String>> readable = new TreeMap<>();
        exportable.forEach((type, queries) -> {
            List<String> valid =
                    queries.stream().filter(query -> isValid(type, query)).toList();
            if (queries.isEmpty() || !valid.isEmpty()) {
                readable.put(type, valid);
            }
        });
        return new ExportPermissions(readable, caller.limits(), ofPatients);
    }

    private boolean isValid(ResourceType type, String query) {
        List<Issue> faults = new ArrayList<>();
        try {
            List<TypeFilter> filters = parser.parse(List.of(type + "?" + query), clock.instant(), faults);
            if (faults.isEmpty() && filters.size() == 1 && filters.get(0).type().equals(type)) {
                return true;
            }
        } catch (FhirException e) {
            if (e.status() == 503) { // no memory for it now
                throw e;
            }
        }
        log.warn("The restriction of a scope for {} cannot be read, so the scope allows nothing.", type);
        return false;
    }

    /** Parses filters that have been accepted. */
    List<TypeFilter> parse(List<String> texts) {
        return texts.isEmpty() ? List.of() : parser.parse(texts, clock.instant(), new ArrayList<>());
    }

    /**
     * Parses restrictions.
     *
     * @param restrictions by type, queries that are valid
     */
    List<TypeFilter> parse(Map<String, List<String>> restrictions) {
        return parse(restrictions.entrySet().stream()
                .flatMap(ofType -> ofType.getValue().stream().map(query -> ofType.getKey() + "?" + query))
                .toList());
    }

    /**
     * The text of the filters of a request, limited to the restrictions: of each restricted type, a resource is exported if
     * it matches one of the filters, or there are none, and one of the restrictions.
     *
     * @param restrictions by type, queries that are valid
     * @throws FhirException 400 if there are too many combinations
     */
    List<String> restricted(List<TypeFilter> asked, Map<String, List<String>> restrictions) {
        if (restrictions.isEmpty()) {
            return asked.stream().map(TypeFilter::toString).toList();
        }
        Map<String, List<String>> limits = new TreeMap<>();
        restrictions.forEach((type, queries) -> limits.put(
                type,
                parse(Map.of(type, queries)).stream().map(TypeFilter::toString).toList()));
        List<String> texts = new ArrayList<>();
        long characters = 0;
        for (TypeFilter filter : asked) {
            String text = filter.toString();
            List<String> both = limits.getOrDefault(filter.type().name(), List.of()).stream()
                    .map(limit -> text + "&" + StringUtils.substringAfter(limit, "?"))
                    .toList();
            characters +=
                    text.length() + both.stream().mapToLong(String::length).sum();
            require(characters);
            texts.addAll(both.isEmpty() ? List.of(text) : both);
        }
        asked.forEach(filter -> limits.remove(filter.type().name()));
        limits.values().forEach(texts::addAll);
        List<Issue> faults = new ArrayList<>();
        List<TypeFilter> filters = parser.parse(texts, clock.instant(), faults);
        if (!faults.isEmpty() || filters.size() != texts.size()) {
            throw new IllegalStateException("A filter or a restriction that was accepted is refused now: " + faults);
        }
        return filters.stream().map(TypeFilter::toString).toList();
    }

    private static void require(long characters) {
        if (characters > MOST_CHARACTERS) {
            throw FhirException.of(
                    400,
                    "too-costly",
                    "The filters of _typeFilter, each combined with each restriction of the scopes, have more than "
                            + MOST_CHARACTERS + " characters; divide the export into several.");
        }
    }
}
