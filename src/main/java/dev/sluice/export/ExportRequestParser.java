package dev.sluice.export;

import dev.sluice.blob.ContainerName;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.store.History;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes an {@link ExportRequest} of the parameters of a kick-off, or names everything that is wrong with them at once.
 */
@Component
class ExportRequestParser {
    private static final Set<String> FORMATS = Set.of("application/fhir+ndjson", "application/ndjson", "ndjson");
    /** The largest page that Azure's server took. */
    private static final int MAX_COUNT = 10_000;

    private final ParameterNames names;
    private final ContentParameters content;
    private final CompanionParameters companions;
    private final PatientParameter patients;
    private final History history;

    ExportRequestParser(
            ParameterNames names,
            ContentParameters content,
            CompanionParameters companions,
            PatientParameter patients,
            History history) {
        this.names = names;
        this.content = content;
        this.companions = companions;
        this.patients = patients;
        this.history = history;
    }

    /**
     * The request; a 400 problem with one issue for each fault of headers and parameters otherwise.
     *
     * @param scope the level, from the path
     */
    ExportRequest parse(ExportScope scope, KickOffHeaders headers, KickOffParameters parameters) {
        Asked asked = new Asked(scope, parameters, new Complaints(headers));
        names.check(asked);
        outputFormat(asked);
        hints(asked);
        List<String> types = content.types(asked);
        Companions brought = companions.companions(asked);
        ExportRequest.Past past = companions.past(asked);
        ExportRequest.Content wanted = new ExportRequest.Content(
                types,
                content.typeFilters(asked, types),
                content.elements(asked),
                content.organizeBy(asked, types, brought));
        List<String> ids = patients.read(asked);
        Instant since = moment(asked, "_since");
        Instant until = moment(asked, "_until", "_till");
        order(asked, since, until);
        String container = container(asked);
        boolean partialManifests = partialManifests(asked);
        return new ExportRequest(
                scope,
                wanted,
                brought,
                past,
                ids,
                since,
                until,
                container,
                headers.separateStatus(),
                partialManifests,
                asked.complaints().warnings());
    }

    private void order(Asked asked, @Nullable Instant since, @Nullable Instant until) {
        if (since != null && until != null && !since.isBefore(until)) {
            asked.complaints()
                    .fault("_since must be before _until, but is '" + FhirInstant.format(since) + "' and '"
                            + FhirInstant.format(until) + "'.");
        }
        if (until != null && until.isBefore(history.keptFrom())) {
            asked.complaints().fault(KickOff.tooFarBack(FhirInstant.format(until), history.keptFrom()));
        }
    }

    private static void outputFormat(Asked asked) {
        for (String format : asked.given().all("_outputFormat")) {
            // A plus sign that was not percent-encoded arrives as a space.
            if (!FORMATS.contains(format.replace(' ', '+'))) {
                asked.complaints()
                        .fault("The _outputFormat '" + format
                                + "' is not supported; leave it out, or use application/fhir+ndjson,"
                                + " application/ndjson or ndjson.");
            }
        }
    }

    /** What Azure's server takes as hints on its own paging; Sluice needs none, but checks what it is told. */
    private static void hints(Asked asked) {
        for (String count : asked.given().all("_maxCount")) {
            if (!count.matches("\\d{1,9}") || Integer.parseInt(count) > MAX_COUNT) {
                asked.complaints()
                        .fault("The _maxCount '" + count + "' is not a whole number from 0 to " + MAX_COUNT
                                + "; leave it out, it has no effect.");
            }
        }
        for (String parallel : asked.given().all("_isParallel")) {
            if (!parallel.equalsIgnoreCase("true") && !parallel.equalsIgnoreCase("false")) {
                asked.complaints()
                        .fault("The _isParallel '" + parallel
                                + "' is neither true nor false; leave it out, exports are always parallel.");
            }
        }
    }

    /**
     * A date stands for its first moment. Seconds and finer are taken as they are: changes after _since, up to and
     * with _until; so one export's _until can be the next one's _since. A whole day, month or year begins with its
     * first moment, which belongs to it.
     */
    private static @Nullable Instant moment(Asked asked, String... names) {
        Instant moment = null;
        for (String value : asked.given().all(names)) {
            // A plus sign that was not percent-encoded arrives as a space.
            Optional<FhirInstant.Span> span = FhirInstant.parse(value.replace(' ', '+'));
            if (span.isEmpty()) {
                asked.complaints()
                        .fault(names[0] + " has the value '" + value + "', which is not a date or time; write it as"
                                + " 2026-11-23 or 2026-11-23T10:15:00Z.");
                continue;
            }
            boolean fine =
                    Duration.between(span.get().from(), span.get().until()).compareTo(Duration.ofSeconds(1)) <= 0;
            Instant read = fine ? span.get().from() : span.get().from().minusMillis(1);
            if (moment != null && !moment.equals(read)) {
                asked.complaints().fault(names[0] + " is given twice, with different values; give it once.");
            }
            moment = read;
        }
        return moment;
    }

    private static boolean partialManifests(Asked asked) {
        List<String> values =
                asked.given().all("allowPartialManifests").stream().distinct().toList();
        for (String value : values) {
            if (!value.equals("true") && !value.equals("false")) {
                asked.complaints()
                        .fault(
                                "The allowPartialManifests '" + value
                                        + "' is neither true nor false; leave it out, or give true to get the manifest in pages.");
            }
        }
        if (values.size() > 1) {
            asked.complaints().fault("allowPartialManifests is given twice, with different values; give it once.");
        }
        return values.contains("true");
    }

    private static @Nullable String container(Asked asked) {
        List<String> names = asked.given().all("_container").stream().distinct().toList();
        if (names.size() > 1) {
            asked.complaints()
                    .fault("_container is given twice, as '" + String.join("' and '", names) + "'; give it once.");
        }
        names.forEach(name -> ContainerName.fault(name).ifPresent(asked.complaints()::fault));
        return names.isEmpty() ? null : names.get(0);
    }
}
