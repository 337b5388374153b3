package dev.sluice.audit;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.security.Access;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Gives the events as NDJSON, in the order of their times. */
@RestController
@Access(Access.Rule.ADMINISTER)
class AuditController {
    private static final int PAGE = 1000;

    private final Audit audit;
    private final AuditEventRepository events;

    AuditController(Audit audit, AuditEventRepository events) {
        this.audit = audit;
        this.events = events;
    }

    /** @param since the earliest time of an event */
    @GetMapping("/fhir/_audit")
    void events(
            @RequestParam(name = "_since", required = false) @Nullable String since,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Instant from = since == null ? Instant.EPOCH : FhirInstant.parameter("_since", since);
        audit.record(request, Act.of(Activity.AUDIT_READ, null));
        response.setContentType("application/fhir+ndjson");
        OutputStream out = response.getOutputStream();
        long after = -1;
        for (List<AuditEventEntity> page = events.after(from, after, PAGE);
                !page.isEmpty();
                page = events.after(from, after, PAGE)) {
            for (AuditEventEntity event : page) {
                out.write(event.line());
            }
            AuditEventEntity last = page.get(page.size() - 1);
            from = last.recordedAt();
            after = last.id();
            if (page.size() < PAGE) {
                return;
            }
        }
    }
}
