package dev.sluice.export;

import dev.sluice.blob.Written;
import dev.sluice.fhir.FhirJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file that is there.
 *
 * @param type the resource type of its lines; null = it has blocks, with lines of any type
 * @param name its name in the job's folder
 * @param count resources: its lines, but for the headers of blocks
 * @param bytes before compression
 * @param sha256 of these bytes, in hexadecimal
 * @param continuesIn the name of the file in which its last block goes on; null = there it ends
 */
record ExportedFile(
        @Nullable String type,
        String name,
        long count,
        long bytes,
        String sha256,
        @Nullable String continuesIn) {
    ExportedFile(@Nullable String type, String name, long count, Written written, @Nullable String continuesIn) {
        this(type, name, count, written.bytes(), written.sha256(), continuesIn);
    }

    /**
     * What the filters of a type cost.
     *
     * @param read resources that were read, before filters
     * @param kept of these, those that the filters took
     */
    record Cost(long read, long kept) {
        Cost and(Cost other) {
            return new Cost(read + other.read, kept + other.kept);
        }
    }

    /**
     * What a unit made: its result.
     *
     * @param rows of the snapshot that it read, deletions included; the lines of blocks are counted when they are planned
     * @param costs of the resources among them, by type
     */
    record Unit(List<ExportedFile> output, List<ExportedFile> deleted, long rows, Map<String, Cost> costs) {
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
     * @param costs of resources, by type
     * @param dangling resources that are referred to and not there, by type; empty unless what is referred to was asked for
     */
    record All(
            List<ExportedFile> output,
            List<ExportedFile> deleted,
            List<ExportedFile> error,
            Map<String, Cost> costs,
            Map<String, Long> dangling) {
        static All of(String result) {
            return FhirJson.MAPPER.readValue(result, All.class);
        }

        String result() {
            return FhirJson.MAPPER.writeValueAsString(this);
        }
    }
}
