package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import java.util.List;
import java.util.Map;

/**
 * One file that is there.
 *
 * @param type the resource type of its lines
 * @param name its name in the job's folder
 * @param count lines
 * @param bytes before compression
 * @param sha256 of these bytes, in hexadecimal
 */
record ExportedFile(String type, String name, long count, long bytes, String sha256) {
    /**
     * What a unit made: its result.
     *
     * @param rows that it read, deletions included
     * @param read resources that it read, before filters, by type
     */
    record Unit(List<ExportedFile> output, List<ExportedFile> deleted, long rows, Map<String, Long> read) {
        static Unit of(String result) {
            return FhirJson.MAPPER.readValue(result, Unit.class);
        }

        String result() {
            return FhirJson.MAPPER.writeValueAsString(this);
        }
    }

    /**
     * What a job made: its result.
     *
     * @param read resources that were read, before filters, by type
     * @param dangling resources that are referred to and not there, by type; empty unless what is referred to was asked for
     */
    record All(
            List<ExportedFile> output,
            List<ExportedFile> deleted,
            List<ExportedFile> error,
            Map<String, Long> read,
            Map<String, Long> dangling) {
        static All of(String result) {
            return FhirJson.MAPPER.readValue(result, All.class);
        }

        String result() {
            return FhirJson.MAPPER.writeValueAsString(this);
        }
    }
}
