package dev.sluice.output;

import dev.sluice.blob.Written;
import org.jspecify.annotations.Nullable;

/**
 * One file that was written.
 *
 * @param type the resource type of its lines; null = it has blocks, with lines of any type
 * @param name its name in the location of the export
 * @param count resources: its lines, but for the headers of blocks
 * @param bytes before compression
 * @param sha256 of the file as it is stored, in hexadecimal
 * @param packed what is true of a compressed file only; null = it is not
 * @param continuesIn the name of the file in which its last block continues; null = it ends here
 */
public record ExportedFile(
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
}
