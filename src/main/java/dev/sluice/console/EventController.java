package dev.sluice.console;

import dev.sluice.monitor.JobQuery;
import dev.sluice.monitor.JobSearch;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
        String owner = JobAccess.owner(Caller.of(request));
        JobQuery newest = new JobQuery(Set.of(), Set.of(), owner, null, null, NEWEST);
        return events.open("jobs", List.of("jobs", String.valueOf(owner)), () -> search.find(newest));
    }

    @GetMapping(path = "/console/jobs/{kind}/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter job(@PathVariable String kind, @PathVariable UUID id, HttpServletRequest request) {
        @Nullable String owner = JobAccess.owner(Caller.of(request));
        return events.open(
                "job", List.of("job", kind, id, String.valueOf(owner)), () -> search.summary(kind, id, owner));
    }
}
