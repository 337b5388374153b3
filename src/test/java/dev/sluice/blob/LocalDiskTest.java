package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.IntegrationTest;
import dev.sluice.blob.BlobException.Reason;
import dev.sluice.blob.BlobStore.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk does to its files, and what dead processes leave on it. */
@IntegrationTest
class LocalDiskTest {
    @TempDir
    Path root;

    private final BlobPath path = BlobPath.of("daily", "run-1/Patient-1.ndjson");

    private BlobStore store;

    @BeforeEach
    void open() {
        store = new LocalBlobStore(
                root, null, Clock.systemUTC(), BlockPool.forThisMachine(), new StorageOwnership(false));
        store.createContainer("daily");
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** The words are those of the system that this test runs on. */
    @Test
    void fullDiskIsKnownByTheWordsOfThisSystem() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "there is no /dev/full");
        try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
            IOException fault =
                    catchThrowableOfType(IOException.class, () -> channel.write(ByteBuffer.wrap(new byte[1])));

            BlobException problem = LocalFaults.of("Cannot write 'x'", fault);

            assertThat(problem.reason()).isEqualTo(Reason.FULL);
            assertThat(problem).hasMessageContaining("the disk is full: free some space");
        }
    }

    @Test
    void fileThatMayNotGrowIsNamedAndLeavesNothing() throws Exception {
        try (FileLimit limit = FileLimit.of(1_000_000)) {
            assertThat(limit).isNotNull();
            BlobException problem = catchThrowableOfType(
                    BlobException.class,
                    () -> BlobContent.write(store, path, Encoding.IDENTITY, new byte[Block.SIZE + 1]));

            assertThat(problem.reason()).isEqualTo(Reason.PERMANENT);
            assertThat(problem).hasMessageContaining("raise the limit").hasMessageContaining(path.toString());
        }
        assertThat(staged()).isEmpty();
        assertThat(StoredBlobs.in(store, "daily")).isEmpty();
        BlobContent.write(store, path, Encoding.IDENTITY, new byte[Block.SIZE + 1]);
        assertThat(StoredBlobs.in(store, "daily")).containsExactly(path);
    }

    @Test
    void fileThatLeavesTooLittleFreeIsNotWrittenAndLeavesNothing() throws Exception {
        long free = Files.getFileStore(root).getUsableSpace();
        try (BlobStore full = new LocalBlobStore(
                root, 2 * free, Clock.systemUTC(), BlockPool.forThisMachine(), new StorageOwnership(false))) {
            BlobException problem = catchThrowableOfType(
                    BlobException.class,
                    () -> BlobContent.write(full, path, Encoding.IDENTITY, new byte[Block.SIZE + 1]));

            assertThat(problem.reason()).isEqualTo(Reason.FULL);
            assertThat(problem).hasMessageContaining("no room").hasMessageContaining("kept free");
            assertThat(staged()).isEmpty();
            assertThat(StoredBlobs.in(store, "daily")).isEmpty();
        }
    }

    @Test
    void leftoversOfAKilledProcessGoWithTheirFolder() throws IOException {
        for (String key : List.of("run-1/a", "run-1/b", "run-2/a", "c")) {
            Files.writeString(leftover(BlobPath.of("daily", key)), "half a file");
        }
        Files.writeString(leftover(BlobPath.of("daily-2", "run-1/a")), "of another container");

        store.deletePrefix("daily", "run-1");

        assertThat(staged()).hasSize(3);
        store.deletePrefix("daily", "");
        assertThat(staged()).singleElement().asString().startsWith("daily-2");
        store.deleteContainer("daily-2");
        assertThat(staged()).isEmpty();
    }

    @Test
    void writerWhoseWorkWasDiscardedMayTryAgain() {
        try (BlobWriter writer = store.create(path, Encoding.IDENTITY)) {
            writer.write(new byte[10], 0, 10);
            store.deletePrefix("daily", "run-1");

            BlobException problem = catchThrowableOfType(BlobException.class, writer::commit);

            assertThat(problem.reason()).isEqualTo(Reason.TRANSIENT);
        }
        assertThat(StoredBlobs.in(store, "daily")).isEmpty();
    }

    private Path leftover(BlobPath of) throws IOException {
        return new LocalStaging(root.resolve(".staging"), Clock.systemUTC()).newFile(of);
    }

    private List<String> staged() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(".staging"))) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
