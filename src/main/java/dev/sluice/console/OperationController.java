package dev.sluice.console;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Audit;
import dev.sluice.audit.AuditLog;
import dev.sluice.doctor.LatestExamination;
import dev.sluice.doctor.SettingsInForce;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.security.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;

/** Shows how the server stands, what it is set to, and who did what. */
@Controller
@Access(Access.Rule.ADMINISTER)
class OperationController {
    private static final int ON_A_PAGE = 50;

    private final ServerState state;
    private final SettingsInForce settings;
    private final Audit audit;
    private final AuditLog log;
    private final LatestExamination examination;

    OperationController(
            ServerState state, SettingsInForce settings, Audit audit, AuditLog log, LatestExamination examination) {
        this.examination = examination;
        this.state = state;
        this.settings = settings;
        this.audit = audit;
        this.log = log;
    }

    @GetMapping("/console/health")
    @Access(Access.Rule.VIEW)
    String health(HttpServletRequest request, Model model) {
        boolean administers = Caller.of(request).permissions().allow(Operation.ADMINISTER);
        model.addAttribute("examination", administers ? examination.state() : null);
        model.addAttribute("parts", state.parts());
        model.addAttribute("processes", state.processes());
        model.addAttribute("disks", state.disks());
        return "console/health";
    }

    /** Begins the checks of the command {@code doctor}; the page of the health has what they find. */
    @PostMapping("/console/health/checks")
    String check() {
        examination.begin();
        return "redirect:/console/health#checks";
    }

    /** @param all whether those that nobody has set are shown, too */
    @GetMapping("/console/settings")
    String settings(
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(defaultValue = "false") boolean all,
            Model model) {
        String part = q == null ? "" : q.strip().toLowerCase(Locale.ROOT);
        model.addAttribute("q", q);
        model.addAttribute("all", all);
        model.addAttribute(
                "settings",
                settings.list().stream()
                        .filter(each -> all || each.given() || !part.isEmpty())
                        .filter(each -> each.key().contains(part))
                        .toList());
        return "console/settings";
    }

    /** Whoever reads the log is recorded in it. */
    @GetMapping("/console/audit")
    String audit(
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String client,
            @RequestParam(required = false) @Nullable String subject,
            @RequestParam(required = false) @Nullable String activity,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request,
            Model model) {
        AuditLog.Search search =
                new AuditLog.Search(time("from", from), time("to", to), text(client), text(subject), text(activity));
        AuditLog.Page page;
        try {
            page = log.find(search, text(cursor), ON_A_PAGE);
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid("There is no such kind of events, or no such place in the list.");
        }
        audit.record(request, Act.of(Activity.AUDIT_READ, null));
        model.addAttribute("enabled", audit.isEnabled());
        model.addAttribute("search", search);
        model.addAttribute("page", page);
        model.addAttribute("activities", AuditLog.activities());
        model.addAttribute("next", page.next() == null ? null : next(request, page.next()));
        return "console/audit";
    }

    private static String next(HttpServletRequest request, String cursor) {
        return UriComponentsBuilder.fromPath("/console/audit")
                .query(request.getQueryString())
                .replaceQueryParam("cursor", cursor)
                .build()
                .toUriString();
    }

    private static @Nullable Instant time(String name, @Nullable String given) {
        String text = text(given);
        return text == null ? null : FhirInstant.parameter(name, text);
    }

    private static @Nullable String text(@Nullable String given) {
        return StringUtils.hasText(given) ? given.strip() : null;
    }
}
