package dev.sluice.planner;

import dev.sluice.plan.OutputLocation;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where exports go and how large their files are, as {@code sluice.export} says. */
@Component
public class OutputLayout {
    private final ExportSettings settings;

    OutputLayout(ExportSettings settings) {
        this.settings = settings;
    }

    /**
     * Where a job writes.
     *
     * @param container the container that the client named; null = a new one
     */
    public OutputLocation location(@Nullable String container, UUID job, Instant now) {
        return settings.layout().location(container, job, now);
    }

    /** About how many bytes a file has before compression. */
    public long fileSize() {
        return settings.fileSize().toBytes();
    }
}
