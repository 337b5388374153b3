package dev.sluice.job;

import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Says in which share of the process's threads the jobs of a kind run, so that kinds do not wait for each other. */
@Component
class Shares {
    private final ObjectProvider<JobHandler> handlers;

    Shares(ObjectProvider<JobHandler> handlers) {
        this.handlers = handlers;
    }

    /** The share of a kind; the first one if this process does not know the kind. */
    String of(String kind) {
        return handlers.stream()
                .filter(handler -> handler.kind().equals(kind))
                .map(JobHandler::share)
                .findFirst()
                .orElse("");
    }

    /** All shares but the first one, which has no name. */
    List<String> others() {
        return handlers.stream()
                .map(JobHandler::share)
                .filter(share -> !share.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }
}
