package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
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
    AZURE {
        @Override
        OutputLocation ownContainer(UUID job, Instant now) {
            return new OutputLocation(stamp(now).toLowerCase(Locale.ROOT) + "-" + job, "", true);
        }

        @Override
        String suffix(int number) {
            return "-" + number;
        }
    },

    /**
     * The naming since the end of 2022: {@code export-<job>}, and the number of the unit of work in the file's name.
     */
    AZURE_V23 {
        @Override
        OutputLocation ownContainer(UUID job, Instant now) {
            return new OutputLocation("export-" + job, "", true);
        }

        @Override
        String suffix(int number) {
            return "-" + number + "-1";
        }
    };

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Where a job writes: in the container that the client named, or in a new one. */
    OutputLocation location(@Nullable String container, UUID job, Instant now) {
        return container == null
                ? ownContainer(job, now)
                : new OutputLocation(container, stamp(now) + "-" + job, false);
    }

    abstract OutputLocation ownContainer(UUID job, Instant now);

    /** The name of a file: its type and number; a file of other content has an additional mark. */
    String file(Content content, ResourceType type, int number) {
        String prefix = switch (content) {
            case RESOURCES -> "";
            case DELETIONS -> "deleted-";
            case ORGANIZED -> "by-";
        };
        return prefix + type + suffix(number) + ".ndjson";
    }

    /** What follows the type in the name of its file with this number, counted from 1. */
    abstract String suffix(int number);

    private static String stamp(Instant now) {
        return STAMP.format(now);
    }
}
