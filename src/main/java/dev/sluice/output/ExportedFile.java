package dev.sluice.output;

import dev.sluice.blob.WrittenBlob;
import dev.sluice.lake.TableStatistics;
import org.jspecify.annotations.Nullable;

/**
 * One file that an export has written.
 *
 * @param type the resource type of its lines; null = it is organised in blocks, with lines of any type
 * @param name its name in the location of the export
 * @param count the number of resources, which are its lines without the headers of blocks; of deletions, the number of
 *     Bundles
 * @param bytes before compression
 * @param sha256 of the file as it is stored, in hexadecimal
 * @param packed properties of a compressed file; null = the file is not compressed
 * @param continuesIn the name of the file in which its last block continues; null = the block ends in this file
 * @param statistics of the rows of a table, for a log of Delta Lake; null = it is no table, or they are not needed any more
 */
public record ExportedFile(
        @Nullable String type,
        String name,
        long count,
        long bytes,
        String sha256,
        WrittenBlob.@Nullable Compressed packed,
        @Nullable String continuesIn,
        @Nullable TableStatistics statistics) {
    ExportedFile(@Nullable String type, String name, long count, WrittenBlob written, @Nullable String continuesIn) {
        this(type, name, count, written.bytes(), written.sha256(), written.compressed(), continuesIn, null);
    }

    /** The same file with these statistics. */
    public ExportedFile with(@Nullable TableStatistics other) {
        return new ExportedFile(type, name, count, bytes, sha256, packed, continuesIn, other);
    }
}
