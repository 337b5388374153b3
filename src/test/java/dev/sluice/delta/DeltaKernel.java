package dev.sluice.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Delta Kernel, in a process of its own, since it needs Hadoop. Its jars are in the folder {@code delta.kernel}. */
public final class DeltaKernel {
    private DeltaKernel() {}

    /**
     * What {@code KernelReader} prints of a table: the last version, and for each of these versions the columns, how many
     * files a search for {@code patient-0001} and for a time in the future reads, and the column {@code body} of each row.
     */
    public static List<String> read(Path table, List<Long> versions) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("delta.kernel") + File.separator + "*",
                source(),
                table.toString(),
                "patient-0001",
                String.valueOf(Instant.now().plusSeconds(3_600).toEpochMilli() * 1_000)));
        versions.forEach(version -> words.add(String.valueOf(version)));
        try {
            Process process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String source() {
        try {
            return Path.of(Objects.requireNonNull(DeltaKernel.class.getResource("/delta/KernelReader.java"))
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
