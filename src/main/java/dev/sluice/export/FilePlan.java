package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import java.util.List;

/**
 * One file to be: a stretch of one type's rows. Its name and its bytes follow from the job and this alone, so
 * that making it twice leaves one file.
 *
 * @param type the resource type
 * @param what resources, for an output file; or deletions
 * @param number counts the files of a type from 1
 * @param range which rows, and how many of them the snapshot holds
 */
record FilePlan(String type, RowQuery.What what, int number, KeyRange range) {
    /** The files of one unit, as its payload. */
    record Unit(List<FilePlan> files) {
        static Unit of(String payload) {
            return FhirJson.MAPPER.readValue(payload, Unit.class);
        }

        String payload() {
            return FhirJson.MAPPER.writeValueAsString(this);
        }

        /** What the unit reads, in bytes of NDJSON. */
        long bytes() {
            return files.stream().mapToLong(file -> file.range().bytes()).sum();
        }
    }
}
