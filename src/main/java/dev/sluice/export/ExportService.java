package dev.sluice.export;

import dev.sluice.audit.Act;
import dev.sluice.export.DeidentifiedExports.RequestedRules;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.Job;
import dev.sluice.job.JobStatus;
import dev.sluice.json.MemoryBudget;
import dev.sluice.plan.ViewOutput;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.security.Caller;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InterruptedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Exports for other packages: starts exports that no HTTP request kicks off, and gives their manifests. Safe for use by any
 * number of threads.
 */
@Component
public class ExportService {
    /** The kind of the jobs of exports. */
    public static final String KIND = ExportHandler.KIND;

    private static final List<ExportParameter> DECIDED_BY_FEED =
            List.of(ExportParameter.SINCE, ExportParameter.UNTIL, ExportParameter.ALLOW_PARTIAL_MANIFESTS);

    private final PermittedRequests requests;
    private final DeidentifiedExports deidentified;
    private final KickOff kickOff;
    private final ExportJobs exports;
    private final Manifest manifest;

    ExportService(
            PermittedRequests requests,
            DeidentifiedExports deidentified,
            KickOff kickOff,
            ExportJobs exports,
            Manifest manifest) {
        this.requests = requests;
        this.deidentified = deidentified;
        this.kickOff = kickOff;
        this.exports = exports;
        this.manifest = manifest;
    }

    /**
     * An export that is repeated.
     *
     * @param base the public base URL
     * @param path the kick-off relative to the base, such as {@code Patient/$export?_type=Patient}
     * @param lenient whether parameters that are not supported are ignored and reported
     * @param caller whose permissions it has, and to whom its jobs belong
     */
    public record RepeatedExport(String base, String path, boolean lenient, Caller caller) {}

    /**
     * An export that has started.
     *
     * @param transactionTime the time whose state it exports
     */
    public record Started(UUID job, Instant transactionTime) {}

    /**
     * Checks a repeated export as a kick-off would, and returns a hash of what it may hold. If the hash of two runs is the
     * same, the later one can be limited to what changed since the other.
     *
     * @throws FhirException if its caller could not start it
     */
    public String check(RepeatedExport export, MemoryBudget.Claim memory) throws InterruptedIOException {
        KickOffParameters parameters = KickOffParameters.of(parameters(export.path()));
        List<Issue> decided = DECIDED_BY_FEED.stream()
                .filter(parameters::has)
                .map(parameter -> Issue.error("invalid", "A feed decides " + parameter + " itself; leave it out."))
                .toList();
        ExportRequest request;
        try {
            request = parse(export, parameters);
        } catch (FhirException e) {
            throw decided.isEmpty() || e.status() != 400
                    ? e
                    : new FhirException(
                            400,
                            Stream.concat(decided.stream(), e.issues().stream()).toList());
        }
        if (!decided.isEmpty()) {
            throw new FhirException(400, decided);
        }
        if (request.associatedData().history() || request.associatedData().deletions()) {
            throw FhirException.invalid("A feed lists deletions in 'deleted', so its "
                    + ExportParameter.INCLUDE_ASSOCIATED_DATA + " has neither _history nor _deleted.");
        }
        RequestedRules rules = deidentified.read(request, memory);
        return DeidentifiedExports.hash(request, export.caller(), rules);
    }

    /**
     * Checks the later runs of a repeated export, which are limited to what changed since the one before.
     *
     * @throws FhirException if its caller could not start them
     */
    public void checkChanges(RepeatedExport export) {
        Map<String, List<String>> parameters = parameters(export.path());
        parameters.put(ExportParameter.SINCE.toString(), List.of(FhirInstant.format(Instant.EPOCH)));
        parse(export, KickOffParameters.of(parameters));
    }

    /** Returns if an export of this caller would be accepted now; a 429 problem otherwise, which costs little. */
    public void requireFewOpen(Caller caller) {
        kickOff.requireFewOpen(caller);
    }

    /**
     * Starts a run of a repeated export.
     *
     * @param since the transaction time of the run whose changes it exports; null = it exports everything
     * @param asOf the transaction time of an earlier run that is exported again; null = now
     * @param audited gets the act, in the transaction that records the job
     * @param also records more, in that transaction; an exception of it undoes the start
     * @throws FhirException if its caller cannot start it at this time
     */
    public Started start(
            RepeatedExport export,
            @Nullable Instant since,
            @Nullable Instant asOf,
            MemoryBudget.Claim memory,
            Consumer<Act> audited,
            Consumer<Started> also)
            throws InterruptedIOException {
        Map<String, List<String>> given = parameters(export.path());
        String url = export.base() + "/" + export.path();
        if (since != null) {
            String time = FhirInstant.format(since);
            given.put(ExportParameter.SINCE.toString(), List.of(time));
            url += (url.contains("?") ? "&" : "?") + ExportParameter.SINCE + "="
                    + URLEncoder.encode(time, StandardCharsets.UTF_8);
        }
        ExportRequest request = parse(export, KickOffParameters.of(given));
        RequestedRules rules = deidentified.read(request, memory);
        return kickOff.start(request, origin(url, export.caller(), asOf, request, rules), started -> {
            if (rules != null) {
                deidentified.record(started.job(), rules);
            }
            audited.accept(ExportController.started(started.job(), request, rules));
            also.accept(started);
        });
    }

    /**
     * An export of views.
     *
     * @param parameters those of {@code $export}, by name, with the types of the views
     * @param warnings about the views
     */
    public record ViewExport(
            ExportScope scope, Map<String, List<String>> parameters, ViewOutput views, List<Issue> warnings) {}

    /**
     * Starts an export of views.
     *
     * @param url of the kick-off
     * @param audited gets the act, in the transaction that records the job
     * @throws FhirException if the caller of the request cannot start it
     */
    public Started start(
            ViewExport export, String url, HttpServletRequest request, HttpHeaders headers, Consumer<Act> audited)
            throws InterruptedIOException {
        Caller caller = Caller.of(request);
        ExportRequest parsed = requests.parse(export, KickOffHeaders.of(headers), caller);
        RequestedRules rules =
                deidentified.read(parsed, RequestMemory.of(request).claim());
        return kickOff.start(parsed, origin(url, caller, null, parsed, rules), started -> {
            if (rules != null) {
                deidentified.record(started.job(), rules);
            }
            audited.accept(ExportController.started(started.job(), parsed, rules));
        });
    }

    private static KickOff.Origin origin(
            String url, Caller caller, @Nullable Instant asOf, ExportRequest request, @Nullable RequestedRules rules) {
        return new KickOff.Origin(url, caller, asOf, DeidentifiedExports.hash(request, caller, rules));
    }

    /** Whether a repeated export commits to tables, which have its latest state at any time. */
    public boolean commitsToTables(RepeatedExport export) {
        return parse(export, KickOffParameters.of(parameters(export.path()))).commitsToTables();
    }

    /**
     * What a run of a view reads at once: a request for an export that its caller may start.
     *
     * @throws FhirException if the caller may not
     */
    public ExportRequest permitted(ViewExport run, Caller caller) {
        return requests.parse(run, new KickOffHeaders(false, false, List.of()), caller);
    }

    /** Why an export has failed; empty if it has not, or has not ended. */
    public Optional<String> failure(UUID id, Caller caller) {
        Job job = exports.find(id.toString(), caller);
        return Optional.ofNullable(job.ending()).map(Job.Ending::failure);
    }

    /**
     * The manifest of a completed export, for the caller of a request.
     *
     * @throws FhirException 404 if it does not exist to the caller, or is not complete
     */
    public ObjectNode manifest(UUID id, String base, Caller caller) {
        Job job = exports.find(id.toString(), caller);
        if (job.status() != JobStatus.COMPLETED) {
            throw ExportJobs.unknown(id.toString());
        }
        return manifest.complete(LocationAndHeader.of(job), exports.result(job), StatusController.url(base, id));
    }

    /** Whether the files of manifests open with an access token only. */
    public boolean requiresToken() {
        return manifest.requiresToken();
    }

    /** Whether an export exists to a caller. */
    public boolean exists(UUID id, Caller caller) {
        return exports.exists(id.toString(), caller);
    }

    /** Records that the files of an export are given to the caller of a request by this manifest. */
    public void recordManifest(UUID id, HttpServletRequest request, ObjectNode given) {
        exports.recordManifest(exports.find(id.toString(), Caller.of(request)), request, given);
    }

    private ExportRequest parse(RepeatedExport export, KickOffParameters parameters) {
        KickOffHeaders headers = new KickOffHeaders(export.lenient(), false, List.of());
        return requests.parse(
                level(StringUtils.substringBefore(export.path(), "?")), headers, parameters, export.caller());
    }

    private static ExportScope level(String path) {
        String[] segments = path.split("/", -1);
        if (path.equals("$export")) {
            return new ExportScope.Everything();
        }
        if (path.equals("Patient/$export")) {
            return new ExportScope.AllPatients();
        }
        if (segments.length == 3 && segments[0].equals("Group") && segments[2].equals("$export")) {
            return new ExportScope.GroupMembers(new ResourceKey(ResourceType.GROUP, segments[1]).id());
        }
        throw FhirException.invalid("'" + StringUtils.abbreviate(path, 100) + "' is no export; write $export,"
                + " Patient/$export or Group/[id]/$export, and the parameters after a question mark.");
    }

    /** The parameters in a relative URL, by name. */
    private static Map<String, List<String>> parameters(String path) {
        Map<String, List<String>> parameters = new TreeMap<>();
        for (String pair : StringUtils.substringAfter(path, "?").split("&", -1)) {
            if (!pair.isEmpty()) {
                parameters
                        .computeIfAbsent(decoded(StringUtils.substringBefore(pair, "=")), name -> new ArrayList<>())
                        .add(decoded(StringUtils.substringAfter(pair, "=")));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid("'" + StringUtils.abbreviate(text, 100)
                    + "' is not valid in a URL; write a percent sign in it as %25.");
        }
    }
}
