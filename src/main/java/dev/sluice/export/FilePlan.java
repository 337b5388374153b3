package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.Recorded;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import java.util.List;
import tools.jackson.core.type.TypeReference;

/**
 * One file to be: a stretch of one type's rows, or of lines in blocks. Its name and its bytes follow from the job and
 * this alone, so that making it twice leaves one file.
 *
 * @param type the resource type; of blocks, that of the resources which they are of
 * @param kind what the lines are
 * @param number counts the files of a type and kind from 1
 * @param range which rows, and how many of them the snapshot holds; or which lines of the plan of blocks
 * @param goesOn whether the last block goes on in the next file
 */
record FilePlan(String type, Kind kind, int number, KeyRange range, boolean goesOn) {
    /** A file of one type's rows. */
    static FilePlan of(RowQuery query, int number, KeyRange range) {
        Kind kind = query.what() == RowQuery.What.RESOURCES ? Kind.RESOURCES : Kind.DELETIONS;
        return new FilePlan(query.type().name(), kind, number, range, false);
    }

    /** What the lines of a file are. */
    enum Kind {
        /** Resources of one type. */
        RESOURCES,
        /** What is not there any more, of one type, as transaction Bundles. */
        DELETIONS,
        /** Resources of any type, in blocks with headers. */
        BLOCKS
    }

    /** The file after this one. */
    FilePlan next() {
        return new FilePlan(type, kind, number + 1, range, goesOn);
    }

    /**
     * The files of one unit, as its payload.
     *
     * @param issues what the client should know of the export, for its error file; in the first unit only
     */
    record Unit(List<FilePlan> files, List<Issue> issues) {
        Unit {
            files = List.copyOf(files);
            issues = List.copyOf(issues);
        }

        static Unit of(String payload) {
            return Recorded.read(payload, new TypeReference<>() {}, ExportJob.FORM, "unit of an export");
        }

        String payload() {
            return Recorded.write(this, ExportJob.FORM);
        }

        /** What the unit reads, in bytes of NDJSON. */
        long bytes() {
            return files.stream().mapToLong(file -> file.range().bytes()).sum();
        }
    }
}
