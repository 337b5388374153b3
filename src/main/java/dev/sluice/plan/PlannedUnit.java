package dev.sluice.plan;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.VersionedJson;
import java.util.List;
import tools.jackson.core.type.TypeReference;

/**
 * A unit of an export: the files that one process writes together.
 *
 * @param files in the order in which they are written
 * @param issues warnings for the client about the export; in the first unit only
 * @param errorFile the name of the file for these issues, and for those that are found while the unit is written
 */
public record PlannedUnit(List<PlannedFile> files, List<Issue> issues, String errorFile) {
    public PlannedUnit {
        files = List.copyOf(files);
        issues = List.copyOf(issues);
    }

    /** Reads what {@link #text} wrote. */
    public static PlannedUnit of(String text) {
        return VersionedJson.read(text, new TypeReference<>() {}, ExportPlan.VERSION, "unit of an export");
    }

    /** The unit as JSON. */
    public String text() {
        return VersionedJson.write(this, ExportPlan.VERSION);
    }

    /** The size of the rows that the unit reads, in bytes of NDJSON. */
    public long bytes() {
        return files.stream().mapToLong(file -> file.range().bytes()).sum();
    }
}
