package dev.sluice.export;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.job.Jobs;
import dev.sluice.monitor.JobDetails;
import dev.sluice.monitor.JobPage;
import dev.sluice.monitor.JobQuery;
import dev.sluice.monitor.JobReader;
import dev.sluice.monitor.JobSearch;
import dev.sluice.monitor.JobState;
import dev.sluice.monitor.JobSummary;
import dev.sluice.monitor.UnitPage;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.security.JobPriority;
import dev.sluice.security.Operation;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists jobs and says how they stand, as JSON ({@code docs/jobs.md}). A client sees its own jobs; who may see all jobs also
 * sees those of others, without values of their requests that may be data of patients.
 */
@RestController
@Access(Access.Rule.CHECKED_BY_HANDLER)
@RequestMapping("/fhir/_operations")
class OperationsController {
    private static final String IMPORT = "import";

    private final JobSearch search;
    private final ExportJobs exports;
    private final Jobs jobs;
    private final Audit audit;
    private final BaseUrl base;

    OperationsController(JobSearch search, ExportJobs exports, Jobs jobs, Audit audit, BaseUrl base) {
        this.search = search;
        this.exports = exports;
        this.jobs = jobs;
        this.audit = audit;
        this.base = base;
    }

    /** A page of jobs, the newest first. */
    @GetMapping
    ResponseEntity<ObjectNode> list(
            @RequestParam(required = false) @Nullable List<String> state,
            @RequestParam(required = false) @Nullable List<String> kind,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String owner,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int count,
            HttpServletRequest request) {
        Caller caller = Caller.of(request);
        JobPage page;
        try {
            page = search.find(
                    new JobQuery(kinds(kind, caller), states(state), owner(owner, caller), q, cursor, count),
                    reader(caller));
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid(String.valueOf(e.getMessage()));
        }
        ObjectNode list = FhirJson.MAPPER.createObjectNode();
        ArrayNode jobs = list.putArray("jobs");
        page.jobs().stream().filter(job -> isVisible(job, caller)).forEach(job -> jobs.add(json(job, request)));
        if (page.next() != null) {
            list.put("next", page.next());
        }
        ObjectNode totals = list.putObject("totals");
        page.totals().forEach((in, number) -> totals.put(in.text(), number));
        return answer(list);
    }

    /** All about a job but its units. */
    @GetMapping("/{kind:export|import}/{jobId}/details")
    ResponseEntity<ObjectNode> details(
            @PathVariable String kind, @PathVariable String jobId, HttpServletRequest request) {
        Caller caller = Caller.of(request);
        UUID id = visible(kind, jobId, caller).id();
        JobDetails found = search.details(kind, id, reader(caller)).orElseThrow(() -> ExportJobs.unknown(jobId));
        ObjectNode details = FhirJson.MAPPER.valueToTree(found);
        details.remove("summary");
        details.set("job", json(found.summary(), request));
        return answer(details);
    }

    /** A page of the units of a job, in the order of the plan. */
    @GetMapping("/{kind:export|import}/{jobId}/units")
    ResponseEntity<ObjectNode> units(
            @PathVariable String kind,
            @PathVariable String jobId,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(defaultValue = "100") int count,
            HttpServletRequest request) {
        if (count < 1 || count > JobQuery.MOST || after < 0) {
            throw FhirException.invalid("The count must be from 1 to " + JobQuery.MOST + ", and after 0 or more.");
        }
        Caller caller = Caller.of(request);
        JobSummary job = visible(kind, jobId, caller);
        UnitPage page =
                reader(caller).seesReads(job) ? search.units(job.id(), after, count) : new UnitPage(List.of(), null);
        return answer(FhirJson.MAPPER.valueToTree(page));
    }

    /**
     * Gives an open job another priority. Administrators only, since a higher one keeps the jobs of others waiting. 202 if
     * that changes something, 200 otherwise.
     */
    @PostMapping("/{kind:export|import}/{jobId}/$prioritize")
    ResponseEntity<Void> prioritize(
            @PathVariable String kind,
            @PathVariable String jobId,
            @RequestParam(defaultValue = "") String priority,
            HttpServletRequest request) {
        Caller caller = Caller.of(request);
        if (!caller.changesAllJobs()) {
            throw forbidden("change the priority of a job");
        }
        JobPriority level = JobPriority.find(priority)
                .orElseThrow(() -> FhirException.invalid(
                        "The priority is '" + priority + "'; it must be low, normal or high, such as ?priority=high."));
        JobSummary job =
                search.summary(kind, parse(jobId), reader(caller)).orElseThrow(() -> ExportJobs.unknown(jobId));
        AtomicBoolean changed = new AtomicBoolean();
        audit.record(
                request,
                Act.of(Activity.JOB_PRIORITIZED, jobId)
                        .belongingTo(job.owner(), caller.owner())
                        .with(level.text()),
                () -> changed.set(jobs.prioritize(kind, job.id(), level.level())
                        .orElseThrow(() -> FhirException.of(
                                409,
                                "conflict",
                                "The job " + jobId + " has ended, so its priority has no effect. Read its status."))));
        return ResponseEntity.status(changed.get() ? 202 : 200).build();
    }

    private static ResponseEntity<ObjectNode> answer(ObjectNode body) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body);
    }

    private ObjectNode json(JobSummary job, HttpServletRequest request) {
        ObjectNode json = FhirJson.MAPPER.valueToTree(job);
        json.withObjectProperty("request").remove("confidential");
        return json.put("url", base.of(request) + "/_operations/" + job.kind() + "/" + job.id());
    }

    /** A job that the caller may see; a 404 problem otherwise. */
    private JobSummary visible(String kind, String jobId, Caller caller) {
        requireKind(kind, caller);
        UUID id = parse(jobId);
        return search.summary(kind, id, reader(caller))
                .filter(job -> isVisible(job, caller))
                .orElseThrow(() -> ExportJobs.unknown(jobId));
    }

    /** An export of the caller that holds what it may not export at this time does not exist to it. */
    private boolean isVisible(JobSummary job, Caller caller) {
        return caller.seesAllJobs()
                || !job.kind().equals(ExportHandler.KIND)
                || exports.exists(job.id().toString(), caller);
    }

    private static JobReader reader(Caller caller) {
        return new JobReader(caller.owner(), caller.seesAllJobs());
    }

    private static UUID parse(String jobId) {
        try {
            return UUID.fromString(jobId);
        } catch (IllegalArgumentException e) {
            throw ExportJobs.unknown(jobId);
        }
    }

    /** The owner whose jobs are listed; null = all. */
    private static @Nullable String owner(@Nullable String requested, Caller caller) {
        if (caller.seesAllJobs()) {
            return requested;
        }
        if (requested != null && !requested.equals(caller.owner())) {
            throw forbidden("see the jobs of other clients");
        }
        return caller.owner();
    }

    private static Set<String> kinds(@Nullable List<String> requested, Caller caller) {
        Set<String> kinds = new TreeSet<>();
        for (String kind : requested == null ? List.of(ExportHandler.KIND, IMPORT) : requested) {
            if (!kind.equals(ExportHandler.KIND) && !kind.equals(IMPORT)) {
                throw FhirException.invalid("The kind '" + kind + "' does not exist; use export or import.");
            }
            if (requested != null) {
                requireKind(kind, caller);
            }
            if (mayDo(kind, caller)) {
                kinds.add(kind);
            }
        }
        if (kinds.isEmpty()) {
            throw forbidden("export or import");
        }
        return kinds;
    }

    private static void requireKind(String kind, Caller caller) {
        if (!mayDo(kind, caller)) {
            throw forbidden(kind);
        }
    }

    private static boolean mayDo(String kind, Caller caller) {
        return caller.seesAllJobs()
                || caller.permissions().allow(kind.equals(IMPORT) ? Operation.IMPORT : Operation.EXPORT);
    }

    private static FhirException forbidden(String what) {
        return FhirException.of(403, "forbidden", "The access token does not allow to " + what + ".");
    }

    private static Set<JobState> states(@Nullable List<String> requested) {
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        for (String text : requested == null ? List.<String>of() : requested) {
            states.add(EnumSet.allOf(JobState.class).stream()
                    .filter(state -> state.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> FhirException.invalid("The state '" + text
                            + "' does not exist; use accepted, running, paused, completed or failed.")));
        }
        return states;
    }
}
