package dev.sluice.export;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.export.DeidentifiedExports.RequestedRules;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves the kick-off of an export, at the three levels, by GET or POST.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-kick-off-request">Bulk Data IG, kick-off</a>
 */
@RestController
@Access(Access.Rule.EXPORT)
@RequestMapping(
        path = "/fhir",
        method = {RequestMethod.GET, RequestMethod.POST})
class ExportController {
    private final PermittedRequests requests;
    private final KickOff kickOff;
    private final DeidentifiedExports deidentified;
    private final BaseUrl base;
    private final Audit audit;

    ExportController(
            PermittedRequests requests, KickOff kickOff, DeidentifiedExports deidentified, BaseUrl base, Audit audit) {
        this.requests = requests;
        this.kickOff = kickOff;
        this.deidentified = deidentified;
        this.base = base;
        this.audit = audit;
    }

    @RequestMapping("/$export")
    ResponseEntity<Void> system(HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException, ServletException {
        return start(new ExportScope.Everything(), request, headers);
    }

    @RequestMapping("/{type}/$export")
    ResponseEntity<Void> patients(
            @PathVariable String type, HttpServletRequest request, @RequestHeader HttpHeaders headers)
            throws IOException, ServletException {
        if (!ResourceType.find(type).map(ResourceType.PATIENT::equals).orElse(false)) {
            throw wrongLevel(type);
        }
        return start(new ExportScope.AllPatients(), request, headers);
    }

    @RequestMapping("/{type}/{id}/$export")
    ResponseEntity<Void> group(
            @PathVariable String type,
            @PathVariable String id,
            HttpServletRequest request,
            @RequestHeader HttpHeaders headers)
            throws IOException, ServletException {
        if (!ResourceType.find(type).map(ResourceType.GROUP::equals).orElse(false)) {
            throw wrongLevel(type);
        }
        return start(new ExportScope.GroupMembers(new ResourceKey(ResourceType.GROUP, id).id()), request, headers);
    }

    private ResponseEntity<Void> start(ExportScope scope, HttpServletRequest request, HttpHeaders headers)
            throws IOException, ServletException {
        if (request.getMethod().equals("HEAD")) { // Spring routes HEAD as GET, but HEAD must not change anything
            throw new HttpRequestMethodNotSupportedException("HEAD", List.of("GET", "POST"));
        }
        KickOffParameters parameters = KickOffParameters.of(request);
        Caller caller = Caller.of(request);
        ExportRequest export = requests.parse(scope, KickOffHeaders.of(headers), parameters, caller);
        RequestedRules rules =
                deidentified.read(export, RequestMemory.of(request).claim());
        KickOff.Origin origin =
                new KickOff.Origin(url(request), caller, null, DeidentifiedExports.hash(export, caller, rules));
        ExportService.Started started = kickOff.start(export, origin, recorded -> {
            if (rules != null) {
                deidentified.record(recorded.job(), rules);
            }
            audit.record(request, started(recorded.job(), export, rules));
        });
        String applied = "respond-async" + (export.separateStatus() ? ", separate-export-status" : "");
        return ResponseEntity.accepted()
                .header("Preference-Applied", applied)
                .header(HttpHeaders.CONTENT_LOCATION, StatusController.url(base.of(request), started.job()))
                .build();
    }

    static Act started(UUID job, ExportRequest export, @Nullable RequestedRules rules) {
        return Act.of(Activity.EXPORT_STARTED, job.toString())
                .with(ExportContent.text(export)
                        + (rules == null
                                ? ""
                                : "; de-identified by " + rules.name() + " (SHA-256 " + rules.sha256() + ")"));
    }

    /** The URL as the client sent it, on the public base. */
    private String url(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length() + "/fhir".length());
        String query = request.getQueryString();
        return base.of(request) + path + (query == null ? "" : "?" + query);
    }

    private static FhirException wrongLevel(String type) {
        if (ResourceType.find(type).isEmpty()) {
            return FhirException.notFound(ResourceType.unknown(type));
        }
        return FhirException.of(
                400,
                "not-supported",
                "$export does not exist for " + type
                        + ": use [base]/$export, [base]/Patient/$export or [base]/Group/[id]/$export, with _type="
                        + type
                        + " to export this type.");
    }
}
