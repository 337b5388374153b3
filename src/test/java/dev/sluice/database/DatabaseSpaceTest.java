package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.fhir.FhirException;
import dev.sluice.files.DiskSpace;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database when its disk is nearly full. */
class DatabaseSpaceTest {
    @TempDir
    private Path folder;

    @Test
    void nothingIsStoredWhenLittleIsFree() throws Exception {
        long usable = Files.getFileStore(folder).getUsableSpace();

        FhirException refused = catchThrowableOfType(
                FhirException.class, new DatabaseSpace(new DiskSpace(folder, 3 * usable))::require);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused).hasMessageContaining("no room for more resources").hasMessageContaining("free");
        new DatabaseSpace(new DiskSpace(folder, 0L)).require();
        new DatabaseSpace(new DiskSpace(folder, 0L)).requireForWork();
        new DatabaseSpace(null).require();
    }
}
