package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.fhir.FhirException;
import dev.sluice.files.DiskSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MemoryBudget.SMALL, MemoryBudget.SMALL + 1, 5_000_003})
    void whatComesInGoesOut(int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        try (Spool spool = new Spool(folder.resolve("tmp"), new DiskSpace(folder, 0L))) {
            for (int at = 0; at < size; at += 70_001) {
                spool.write(content, at, Math.min(70_001, size - at));
            }

            byte[] copy = new byte[size + 3];
            spool.copyTo(copy, 3);

            assertThat(spool.size()).isEqualTo(size);
            assertThat(copy).endsWith(content);
            assertThat(spool.content().readAllBytes()).isEqualTo(content);
            assertThat(spool.content().readAllBytes()).isEqualTo(content);
            assertThat(files()).as("files that a kill would leave").isZero();
        }
    }

    @Test
    void aPartOfTheDiskIsKeptFree() throws IOException {
        DiskSpace full = new DiskSpace(folder, Long.MAX_VALUE);
        byte[] part = new byte[MemoryBudget.SMALL];
        try (Spool spool = new Spool(folder.resolve("tmp"), full)) {
            spool.write(part, 0, part.length); // is in memory

            FhirException refused = catchThrowableOfType(FhirException.class, () -> spool.write(part, 0, part.length));

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused).hasMessageContaining("no room").hasMessageContaining("kept free");
        }
    }

    private long files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
