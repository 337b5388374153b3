package dev.sluice.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room of a disk, of which a part is kept free. */
class DiskSpaceTest {
    private static final long GB = 1L << 30;

    @TempDir
    private Path folder;

    @Test
    void whatIsKeptFreeIsNoRoom() throws Exception {
        long usable = Files.getFileStore(folder).getUsableSpace();

        assertThat(new DiskSpace(folder, 0L).room()).isPositive();
        assertThat(new DiskSpace(folder, usable + GB).room()).isBetween(-2 * GB, 0L);
        assertThat(new DiskSpace(folder, 0L).isLow()).isFalse();
        assertThat(new DiskSpace(folder, usable + GB).isLow()).isFalse();
        assertThat(new DiskSpace(folder, 3 * usable + GB).isLow()).isTrue();
    }

    @Test
    void aFolderThatIsMissingIsOnTheDiskOfThoseAboveIt() throws Exception {
        assertThat(new DiskSpace(folder.resolve("a/b"), 0L).room()).isPositive();
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void theSentenceSaysWhatIsFreeAndWhatIsKept() throws Exception {
        assertThat(new DiskSpace(folder, 20 * GB).describe())
                .matches("the disk has \\d+ [MG]B free, of which 20 GB are kept free");
    }
}
