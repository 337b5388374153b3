package dev.sluice.blob;

import static dev.sluice.blob.BlobContent.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.SlowTest;
import dev.sluice.blob.BlobException.Reason;
import dev.sluice.blob.BlobStore.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SlowTest
class LocalBlobStoreTest extends BlobStoreContract {
    @TempDir
    Path root;

    @Override
    BlobStore storeWith(BlockPool pool) {
        return new LocalBlobStore(root, null, Clock.systemUTC(), pool, ownership);
    }

    @Test
    void blobIsAPlainFileInTheFolderOfItsContainer() {
        write(store, path, "line\n");

        assertThat(root.resolve(container).resolve("run-1/Patient-1.ndjson")).hasContent("line\n");
        assertThat(store.uri(path))
                .isEqualTo(root.resolve(container).resolve(path.key()).toUri());
        assertThat(store.describe()).isEqualTo("folder " + root);
    }

    @Test
    void stagingIsEmptyAfterCommitAbortAndDelete() throws IOException {
        write(store, path, "kept");
        try (BlobWriter writer = store.create(path, Encoding.IDENTITY)) {
            writer.write(new byte[10], 0, 10);
            assertThat(staged()).isEqualTo(1);
        }
        store.deletePrefix(container, "run-1");

        assertThat(staged()).isZero();
    }

    @Test
    void leftoversOfAKilledProcessGoAfterAWeek() throws IOException {
        Path leftover = Files.createDirectories(root.resolve(".staging")).resolve("leftover");
        Files.writeString(leftover, "half a file");

        reopenAfter(Duration.ofDays(6));
        assertThat(leftover).exists();
        assertThat(StoredBlobs.in(store, container)).isEmpty();

        reopenAfter(Duration.ofDays(8));
        assertThat(leftover).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"Patient-1.ndjson", "run-1/Patient-1.ndjson"})
    void commitDoesNotBringADeletedContainerBack(String key) {
        try (BlobWriter writer = store.create(BlobPath.of(container, key), Encoding.IDENTITY)) {
            store.deleteContainer(container);

            BlobException problem = catchThrowableOfType(BlobException.class, writer::commit);

            assertThat(problem.reason()).isEqualTo(Reason.PERMANENT);
        }
        assertThat(root.resolve(container)).doesNotExist();
    }

    @Test
    void probeSaysThatAFileStandsInThePlaceOfTheContainer() throws IOException {
        store.deleteContainer(container);
        Files.writeString(root.resolve(container), "a file");

        assertThatThrownBy(() -> store.probe(container)).hasMessageContaining("no container '" + container);
        assertThatThrownBy(() -> store.createContainer(container))
                .isInstanceOf(BlobException.class)
                .hasMessageContaining("a file stands where a folder is needed")
                .hasMessageContaining(root.toString());
        Files.delete(root.resolve(container));
    }

    @Test
    void rootThatIsAFileIsNamed() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "");
        try (BlobStore wrong = new LocalBlobStore(
                file, null, Clock.systemUTC(), BlockPool.forThisMachine(), new StorageOwnership(false))) {
            assertThatThrownBy(() -> wrong.createContainer(container))
                    .isInstanceOf(BlobException.class)
                    .hasMessageContaining("a file stands where a folder is needed")
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void folderInThePlaceOfTheBlobIsNamed() throws IOException {
        Files.createDirectories(root.resolve(container).resolve(path.key()).resolve("x"));

        BlobException problem = catchThrowableOfType(BlobException.class, () -> write(store, path, "x"));

        assertThat(problem.reason()).isEqualTo(Reason.PERMANENT);
        assertThat(problem).hasMessageContaining(path.toString()).hasMessageContaining("a folder stands");
    }

    @Test
    void batchThatCannotBeCommittedWholeLeavesWholeBlobsAndNothingInStaging() throws IOException {
        Files.createDirectories(root.resolve(container).resolve(path(7).key()).resolve("x"));
        try (BlobBatch batch = store.batch()) {
            for (int i = 0; i < 10; i++) {
                add(batch, i);
            }

            BlobException problem = catchThrowableOfType(BlobException.class, () -> batch.commit(() -> {}));

            assertThat(problem.reason()).isEqualTo(Reason.PERMANENT);
            assertThat(problem).hasMessageContaining(path(7).toString()).hasMessageContaining("a folder stands");
        }
        assertThat(staged()).isZero();
        assertThat(StoredBlobs.in(store, container))
                .doesNotContain(path(7))
                .allSatisfy(each -> assertThat(BlobContent.read(store, each)).hasSizeGreaterThanOrEqualTo(1_000));
    }

    @Test
    void folderIsMadeWhenItIsFirstNeeded() {
        Path later = root.resolve("a/b");
        try (BlobStore fresh = new LocalBlobStore(
                later, null, Clock.systemUTC(), BlockPool.forThisMachine(), new StorageOwnership(false))) {
            assertThat(later).doesNotExist();

            assertThat(fresh.createContainer(container)).isTrue();
            fresh.probe(container);
        }
    }

    @Test
    void urlsAreNotSigned() {
        assertThatThrownBy(() -> store.signedUri(path, Duration.ofMinutes(1)))
                .isInstanceOf(BlobException.class)
                .hasMessageContaining("sluice.storage.download=server");
    }

    @ParameterizedTest
    @CsvSource({
        "No space left on device, FULL, the disk is full",
        "Disk quota exceeded, FULL, quota",
        "/x: Read-only file system, PERMANENT, mounted read-only",
        "/x: Too many open files, TRANSIENT, Too many open files",
        "Input/output error, TRANSIENT, Input/output error"
    })
    void wordsOfTheOperatingSystemAreRead(String message, Reason reason, String advice) {
        BlobException problem = LocalFaults.of("Cannot write 'x'", new IOException(message));

        assertThat(problem.reason()).isEqualTo(reason);
        assertThat(problem)
                .hasMessageStartingWith("Cannot write 'x'")
                .hasMessageContaining(advice)
                .hasMessageContaining(message);
    }

    private void reopenAfter(Duration time) {
        store.close();
        store = new LocalBlobStore(
                root,
                null,
                Clock.offset(Clock.systemUTC(), time),
                BlockPool.forThisMachine(),
                new StorageOwnership(false));
    }

    private long staged() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(".staging"))) {
            return files.count();
        }
    }
}
