package dev.sluice.benchmark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * How large a compressed export is, beside {@code gzip -6} of the same files.
 *
 * @param stored by the export
 * @param level6 by {@code gzip -6}, whose level is the default of {@link GZIPOutputStream}
 */
record GzipSize(long stored, long level6) {
    /** Unpacks the files of a compressed export and packs them again. */
    static GzipSize of(List<Path> files) {
        long level6 = Parallel.each(files, MachineInfo.CORES, GzipSize::again).stream()
                .mapToLong(Long::longValue)
                .sum();
        return new GzipSize(
                files.stream().mapToLong(file -> file.toFile().length()).sum(), level6);
    }

    String sentence() {
        return "The export's gzip files have " + Format.megabytes((double) stored)
                + " MB; `gzip -6` of the same lines has " + Format.megabytes((double) level6) + " MB: "
                + Format.number((double) stored / level6) + " times the size.";
    }

    private static long again(Path file) {
        AtomicLong count = new AtomicLong();
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int b) {
                count.incrementAndGet();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                count.addAndGet(length);
            }
        };
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                InputStream plain = new GZIPInputStream(packed, 1 << 16);
                OutputStream again = new GZIPOutputStream(counting, 1 << 16)) {
            plain.transferTo(again);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count.get();
    }
}
