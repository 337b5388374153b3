package dev.sluice.export;

import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.PatientCompartment;
import dev.sluice.search.TypeFilter;
import dev.sluice.search.TypeFilterParser;
import dev.sluice.store.History;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes an {@link ExportRequest} of the parameters of a kick-off, or names everything that is wrong with them at once.
 * Whether something is refused or, with {@code handling=lenient}, left aside and reported, is decided here and nowhere
 * else.
 */
@Component
class ExportRequestParser {
    private static final Set<String> FORMATS = Set.of("application/fhir+ndjson", "application/ndjson", "ndjson");
    private static final Set<String> NAMES = new TreeSet<>(Set.of(
            "_outputFormat",
            "_since",
            "_until",
            "_till",
            "_type",
            "_typeFilter",
            "_typefilter",
            "_container",
            "_maxCount",
            "_isParallel"));

    /** The largest page that Azure's server took. */
    private static final int MAX_COUNT = 10_000;

    private final PatientCompartment compartment;
    private final TypeFilterParser filters;
    private final History history;
    private final Clock clock;

    ExportRequestParser(PatientCompartment compartment, TypeFilterParser filters, History history, Clock clock) {
        this.compartment = compartment;
        this.filters = filters;
        this.history = history;
        this.clock = clock;
    }

    /**
     * The request; a 400 problem with one issue for each fault of headers and parameters otherwise.
     *
     * @param scope the level, from the path
     */
    ExportRequest parse(ExportScope scope, KickOffHeaders headers, KickOffParameters parameters) {
        return new Reading(scope, headers, parameters).request();
    }

    /** One request being read; faults and warnings gather here. */
    private final class Reading {
        private final ExportScope scope;
        private final boolean lenient;
        private final KickOffParameters given;
        private final List<Issue> faults = new ArrayList<>();
        private final List<Issue> warnings = new ArrayList<>();

        Reading(ExportScope scope, KickOffHeaders headers, KickOffParameters given) {
            this.scope = scope;
            this.lenient = headers.lenient();
            this.given = given;
            faults.addAll(headers.issues());
        }

        ExportRequest request() {
            names();
            outputFormat();
            hints();
            List<String> types = types();
            List<String> typeFilters = typeFilters(types);
            Instant since = moment("_since");
            Instant until = moment("_until", "_till");
            if (since != null && until != null && !since.isBefore(until)) {
                fault("_since must be before _until, but is '" + FhirInstant.format(since) + "' and '"
                        + FhirInstant.format(until) + "'.");
            }
            if (until != null && until.isBefore(history.keptFrom())) {
                fault(KickOff.tooFarBack(FhirInstant.format(until), history.keptFrom()));
            }
            String container = container();
            if (!faults.isEmpty()) {
                throw new FhirProblem(400, faults);
            }
            return new ExportRequest(scope, types, typeFilters, since, until, container, List.copyOf(warnings));
        }

        private void names() {
            for (String name : given.names()) {
                if (!NAMES.contains(name)) {
                    Optional<String> meant =
                            NAMES.stream().filter(name::equalsIgnoreCase).findFirst();
                    leave(
                            "The parameter '" + name + "' is not supported"
                                    + meant.map(right -> "; names are case-sensitive, did you mean '" + right + "'?")
                                            .orElse("; supported are " + String.join(", ", NAMES) + "."),
                            "");
                }
            }
        }

        private void outputFormat() {
            for (String format : given.all("_outputFormat")) {
                // A plus sign that was not percent-encoded arrives as a space.
                if (!FORMATS.contains(format.replace(' ', '+'))) {
                    fault("The _outputFormat '" + format
                            + "' is not supported; leave it out, or use application/fhir+ndjson,"
                            + " application/ndjson or ndjson.");
                }
            }
        }

        /** What Azure's server takes as hints on its own paging; Sluice needs none, but checks what it is told. */
        private void hints() {
            for (String count : given.all("_maxCount")) {
                if (!count.matches("\\d{1,9}") || Integer.parseInt(count) > MAX_COUNT) {
                    fault("The _maxCount '" + count + "' is not a whole number from 0 to " + MAX_COUNT
                            + "; leave it out, it has no effect.");
                }
            }
            for (String parallel : given.all("_isParallel")) {
                if (!parallel.equalsIgnoreCase("true") && !parallel.equalsIgnoreCase("false")) {
                    fault("The _isParallel '" + parallel
                            + "' is neither true nor false; leave it out, exports are always parallel.");
                }
            }
        }

        private List<String> types() {
            List<String> types = new ArrayList<>();
            List<String> outside = new ArrayList<>();
            for (String name : given.list("_type")) {
                if (ResourceType.find(name).isEmpty()) {
                    leave("_type: " + ResourceType.unknown(name), "It is left out.");
                } else if (!reaches(ResourceType.of(name))) {
                    outside.add(name);
                } else {
                    types.add(name);
                }
            }
            String why = String.join(", ", outside) + (outside.size() == 1 ? " is" : " are")
                    + " in no patient's compartment; ask for " + (outside.size() == 1 ? "it" : "them")
                    + " at system level, [base]/$export.";
            if (!outside.isEmpty() && types.isEmpty()) {
                fault("_type: " + why);
            } else if (!outside.isEmpty()) {
                warn("_type: " + why);
            } else if (types.isEmpty() && !given.all("_type").isEmpty() && faults.isEmpty()) {
                fault("No type of _type is left; without it, every type is exported.");
            }
            return types;
        }

        private boolean reaches(ResourceType type) {
            return scope instanceof ExportScope.Everything || compartment.covers(type);
        }

        private List<String> typeFilters(List<String> types) {
            List<String> values = given.all("_typeFilter", "_typefilter");
            if (values.isEmpty()) {
                return List.of();
            }
            if (given.all("_type").isEmpty()) {
                leave("_typeFilter needs _type: name the types to export, those of the filters among them.", "");
            }
            List<Issue> issues = new ArrayList<>();
            List<TypeFilter> parsed = filters.parse(values, clock.instant(), issues);
            issues.forEach(issue -> leave(issue.diagnostics(), "The filter is left out."));
            List<String> texts = new ArrayList<>();
            for (TypeFilter filter : parsed) {
                if (types.isEmpty() || types.contains(filter.type().name())) {
                    texts.add(filter.toString());
                } else {
                    leave(
                            "_typeFilter '" + filter + "' is for " + filter.type()
                                    + ", which is not exported; add it to _type.",
                            "It has no effect.");
                }
            }
            return texts;
        }

        /**
         * A date stands for its first moment. Seconds and finer are taken as they are: changes after _since, up to and
         * with _until; so one export's _until can be the next one's _since. A whole day, month or year begins with its
         * first moment, which belongs to it.
         */
        private @Nullable Instant moment(String... names) {
            Instant moment = null;
            for (String value : given.all(names)) {
                // A plus sign that was not percent-encoded arrives as a space.
                Optional<FhirInstant.Span> span = FhirInstant.parse(value.replace(' ', '+'));
                if (span.isEmpty()) {
                    fault(names[0] + " has the value '" + value + "', which is not a date or time; write it as"
                            + " 2026-11-23 or 2026-11-23T10:15:00Z.");
                    continue;
                }
                boolean fine =
                        Duration.between(span.get().from(), span.get().until()).compareTo(Duration.ofSeconds(1)) <= 0;
                Instant read = fine ? span.get().from() : span.get().from().minusMillis(1);
                if (moment != null && !moment.equals(read)) {
                    fault(names[0] + " is given twice, with different values; give it once.");
                }
                moment = read;
            }
            return moment;
        }

        private @Nullable String container() {
            List<String> names = given.all("_container").stream().distinct().toList();
            if (names.size() > 1) {
                fault("_container is given twice, as '" + String.join("' and '", names) + "'; give it once.");
            }
            names.forEach(name -> ContainerName.fault(name).ifPresent(this::fault));
            return names.isEmpty() ? null : names.get(0);
        }

        private void fault(String diagnostics) {
            faults.add(Issue.error("invalid", diagnostics));
        }

        private void warn(String diagnostics) {
            warnings.add(new Issue(FhirProblem.Severity.WARNING, "not-supported", diagnostics));
        }

        /** Refuses, or with leniency leaves aside and reports. */
        private void leave(String diagnostics, String consequence) {
            if (lenient) {
                warn((diagnostics + " " + consequence).strip());
            } else {
                faults.add(Issue.error("not-supported", diagnostics));
            }
        }
    }
}
