package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.OutputFormat;
import dev.sluice.plan.OutputLocation;
import dev.sluice.plan.PlannedFile.Content;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names the containers, folders and files of exports as a version of Azure's FHIR server did, because existing scripts
 * expect these names.
 */
enum OutputNaming {
    /** The documentation of Azure API for FHIR; a container of its own gets a name that sorts by time. */
    AZURE,
    /**
     * The naming since the end of 2022: {@code export-<job>}, and the number of the unit of work in the file's name.
     */
    AZURE_V23;

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Where a job writes: in the container that the client named, or in a new one. */
    OutputLocation location(@Nullable String container, UUID job, Instant now) {
        String stamp = STAMP.format(now);
        if (container != null) {
            return new OutputLocation(container, stamp + "-" + job, false);
        }
        String own = this == AZURE ? stamp.toLowerCase(Locale.ROOT) + "-" + job : "export-" + job;
        return new OutputLocation(own, "", true);
    }

    /** The name of a file: its type and number; a file of other content has an additional mark. */
    String file(OutputFormat format, Content content, ResourceType type, int number) {
        String prefix = switch (content) {
            case RESOURCES -> "";
            case DELETIONS -> "deleted-";
            case ORGANIZED -> "by-";
            case VIEW -> throw new IllegalArgumentException("a view has a name of its own");
        };
        return numbered(prefix + type, number, format.extension());
    }

    /** The name of a file of a view. */
    String file(String view, int number, String extension) {
        return numbered(view, number, extension);
    }

    private String numbered(String name, int number, String extension) {
        return name + "-" + number + (this == AZURE ? "" : "-1") + "." + extension;
    }
}
