package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.IntegrationTest;
import dev.sluice.blob.SmallDisk;
import dev.sluice.fhir.FhirException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills after the check of its room. */
@IntegrationTest
class FillingDiskTest {
    @TempDir
    private Path folder;

    @Test
    void isNoFaultOfTheServer() throws IOException {
        Path mount = folder.resolve("small");
        byte[] larger = new byte[8 * MemoryBudget.SMALL];
        try (SmallDisk disk = SmallDisk.mount(mount, 4);
                Spool spool = new Spool(mount)) {
            assertThat(disk).isNotNull();
            FhirException refused =
                    catchThrowableOfType(FhirException.class, () -> spool.write(larger, 0, larger.length));

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused).hasMessageContaining("no room");
        }
    }
}
