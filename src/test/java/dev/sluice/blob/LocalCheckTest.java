package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCheckTest {
    @TempDir
    Path folder;

    @Test
    void folderThatCanBeWrittenStaysAsItWas() {
        assertThat(check(folder, 0L).level()).isEqualTo(Level.OK);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void missingFolderIsNotCreated() {
        Path missing = folder.resolve("a/b");

        Finding finding = check(missing, null);

        assertThat(finding.level()).isEqualTo(Level.OK);
        assertThat(finding.text()).contains("does not exist yet");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void folderBelowAFileIsAProblem() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(check(file.resolve("blobs"), null).level()).isEqualTo(Level.PROBLEM);
        assertThat(check(file, null).level()).isEqualTo(Level.PROBLEM);
    }

    @Test
    void fullDiskIsAProblem() {
        Finding finding = check(folder, Long.MAX_VALUE);

        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.text()).contains("has no room for exports: the disk has");
    }

    /** Nobody can write in it, not even the superuser. */
    @Test
    void folderThatCannotBeWrittenIsAProblem() {
        Path proc = Path.of("/proc");
        if (Files.isDirectory(proc)) {
            assertThat(check(proc, 0L).level()).isEqualTo(Level.PROBLEM);
        }
    }

    private static Finding check(Path root, @Nullable Long kept) {
        List<Finding> findings = new LocalCheck(root, kept).run();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }
}
