package dev.sluice.planner;

import dev.sluice.plan.OutputLocation;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Decides the location of an export and the size of its files by the settings {@code sluice.export}. */
@Component
public class OutputLayout {
    private final ExportSettings settings;

    OutputLayout(ExportSettings settings) {
        this.settings = settings;
    }

    /**
     * The location in which a job writes.
     *
     * @param container the container that the client named; null = a new one
     */
    public OutputLocation location(@Nullable String container, UUID job, Instant now) {
        return settings.layout().location(container, job, now);
    }

    /** The approximate size of a file in bytes before compression. */
    public long fileSize() {
        return settings.fileSize().toBytes();
    }
}
