package dev.sluice.export;

import dev.sluice.blob.Written;
import dev.sluice.fhir.Recorded;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * One file that is there.
 *
 * @param type the resource type of its lines; null = it has blocks, with lines of any type
 * @param name its name in the job's folder
 * @param count resources: its lines, but for the headers of blocks
 * @param bytes before compression
 * @param sha256 of the file as it is stored, in hexadecimal
 * @param packed what is true of a compressed file only; null = it is not
 * @param continuesIn the name of the file in which its last block goes on; null = there it ends
 */
record ExportedFile(
        @Nullable String type,
        String name,
        long count,
        long bytes,
        String sha256,
        Written.@Nullable Packed packed,
        @Nullable String continuesIn) {
    ExportedFile(@Nullable String type, String name, long count, Written written, @Nullable String continuesIn) {
        this(type, name, count, written.bytes(), written.sha256(), written.packed(), continuesIn);
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
     * What a unit made, or several together: its result, or theirs.
     *
     * @param error what the client should know of the export; the first unit makes it
     * @param rows of the snapshot that were read, deletions included; the lines of blocks are counted when they are planned
     * @param costs of the resources among them, by type
     * @param dangling resources that are referred to and not there, by type; known at the end of the export
     */
    record Result(
            List<ExportedFile> output,
            List<ExportedFile> deleted,
            List<ExportedFile> error,
            long rows,
            Map<String, Cost> costs,
            Map<String, Long> dangling) {
        Result {
            output = List.copyOf(output);
            deleted = List.copyOf(deleted);
            error = List.copyOf(error);
            Objects.requireNonNull(costs);
            Objects.requireNonNull(dangling);
        }

        static Result of(String text) {
            return Recorded.read(text, new TypeReference<>() {}, ExportJob.FORM, "result of the export");
        }

        /** The results of several units as one, in their order. */
        static Result of(List<String> texts) {
            List<Result> units = texts.stream().map(Result::of).toList();
            Map<String, Cost> costs = new TreeMap<>();
            units.forEach(unit -> unit.costs().forEach((type, cost) -> costs.merge(type, cost, Cost::and)));
            return new Result(
                    files(units, Result::output),
                    files(units, Result::deleted),
                    files(units, Result::error),
                    units.stream().mapToLong(Result::rows).sum(),
                    costs,
                    Map.of());
        }

        private static List<ExportedFile> files(List<Result> units, Function<Result, List<ExportedFile>> list) {
            return units.stream().flatMap(unit -> list.apply(unit).stream()).toList();
        }

        /** Whether there is a file with what was asked for. */
        boolean hasData() {
            return !output.isEmpty() || !deleted.isEmpty();
        }

        /** The same with another list of what the client should know. */
        Result withError(List<ExportedFile> told) {
            return new Result(output, deleted, told, rows, costs, dangling);
        }

        /** The same with what is known only at the end. */
        Result withEnd(Map<String, Cost> ofBlocks, Map<String, Long> missing) {
            Map<String, Cost> all = new TreeMap<>(costs);
            all.putAll(ofBlocks);
            return new Result(output, deleted, error, rows, all, missing);
        }

        /** The file of this name, if there is one. */
        Optional<ExportedFile> find(String name) {
            return Stream.of(output, deleted, error)
                    .flatMap(List::stream)
                    .filter(file -> file.name().equals(name))
                    .findFirst();
        }

        String text() {
            return Recorded.write(this, ExportJob.FORM);
        }
    }
}
