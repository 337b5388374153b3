package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.monitor.JobPage;
import dev.sluice.monitor.JobQuery;
import dev.sluice.monitor.JobReader;
import dev.sluice.monitor.JobSearch;
import dev.sluice.monitor.JobState;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.security.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Shows the jobs of a caller; to who may see all jobs, those of all clients. */
@Controller
@Access(Access.Rule.CHECKED_BY_HANDLER)
class JobListController {
    private static final int ON_A_PAGE = 25;

    private final JobSearch search;
    private final Words words;

    JobListController(JobSearch search, Words words) {
        this.search = search;
        this.words = words;
    }

    @GetMapping("/console/jobs")
    String list(
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String kind,
            @RequestParam(required = false) @Nullable String cursor,
            HttpServletRequest request,
            Model model) {
        Caller caller = Caller.of(request);
        JobReader reader = JobAccess.reader(caller);
        JobState wanted = state == null ? null : state(state);
        String text = q == null || q.isBlank() ? null : q.strip();
        JobQuery query = new JobQuery(
                kind == null ? Set.of() : Set.of(kind),
                wanted == null ? Set.of() : Set.of(wanted),
                null,
                text,
                cursor,
                ON_A_PAGE);
        JobPage page = page(query, reader);
        model.addAttribute(
                "list",
                JobList.of(query, wanted, page, reader.all() && !caller.owner().isEmpty(), words));
        model.addAttribute("mayExport", caller.permissions().allow(Operation.EXPORT));
        return "console/jobs";
    }

    private JobPage page(JobQuery query, JobReader reader) {
        try {
            return search.find(query, reader);
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static JobState state(String text) {
        return Arrays.stream(JobState.values())
                .filter(known -> known.text().equals(text))
                .findFirst()
                .orElseThrow(() -> FhirException.invalid("There is no state '" + text + "' of jobs."));
    }
}
