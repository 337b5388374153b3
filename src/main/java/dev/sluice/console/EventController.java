package dev.sluice.console;

import dev.sluice.monitor.JobQuery;
import dev.sluice.monitor.JobReader;
import dev.sluice.monitor.JobSearch;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Serves the {@link LiveEvents} of the pages about jobs. */
@Controller
@Access(Access.Rule.CHECKED_BY_HANDLER)
class EventController {
    private static final int NEWEST = 25;

    private final LiveEvents events;
    private final JobSearch search;

    EventController(LiveEvents events, JobSearch search) {
        this.events = events;
        this.search = search;
    }

    @GetMapping(path = "/console/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter jobs(HttpServletRequest request) {
        JobReader reader = reader(request);
        JobQuery newest = new JobQuery(Set.of(), Set.of(), null, null, null, NEWEST);
        return events.open("jobs", List.of("jobs", reader), () -> search.find(newest, reader));
    }

    @GetMapping(path = "/console/jobs/{kind}/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter job(@PathVariable String kind, @PathVariable UUID id, HttpServletRequest request) {
        JobReader reader = reader(request);
        return events.open("job", List.of("job", kind, id, reader), () -> search.summary(kind, id, reader));
    }

    /** The same one for all who see the jobs of all, so that what they watch is looked up once for all of them. */
    private static JobReader reader(HttpServletRequest request) {
        Caller caller = Caller.of(request);
        return caller.seesAllJobs() ? new JobReader("", true) : JobAccess.reader(caller);
    }
}
