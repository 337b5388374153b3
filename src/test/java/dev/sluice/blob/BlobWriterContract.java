package dev.sluice.blob;

import static dev.sluice.blob.BlobContent.read;
import static dev.sluice.blob.BlobContent.sha256;
import static dev.sluice.blob.BlobContent.text;
import static dev.sluice.blob.BlobContent.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.SingleMember;
import dev.sluice.blob.BlobException.Reason;
import dev.sluice.blob.BlobStore.Encoding;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every writer must do, whatever it writes to. */
abstract class BlobWriterContract {
    final String container = "test-" + UUID.randomUUID();
    final BlobPath path = BlobPath.of(container, "run-1/Patient-1.ndjson");
    final StorageOwnership ownership = new StorageOwnership(false);
    BlobStore store;

    /** A store with this ownership, on storage that the whole class shares. */
    abstract BlobStore storeWith(BlockPool pool);

    @BeforeEach
    void createStoreAndContainer() {
        store = storeWith(BlockPool.forThisMachine());
        store.createContainer(container);
    }

    @AfterEach
    void deleteContainerAndCloseStore() {
        store.deleteContainer(container);
        store.close();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, Block.LARGEST - 1, Block.LARGEST, Block.LARGEST + 1, 3 * Block.LARGEST, 5 * Block.LARGEST + 7
            })
    void committedBlobIsReadBack(int size) {
        byte[] content = text(size, size);

        WrittenBlob written = write(store, path, Encoding.IDENTITY, content);

        assertThat(written).isEqualTo(new WrittenBlob(size, sha256(content), null));
        assertThat(Arrays.equals(read(store, path), content)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Block.LARGEST, Block.LARGEST + 1, 5 * Block.LARGEST + 7})
    void gzippedBlobHoldsTheContentCompressed(int size) throws Exception {
        byte[] content = text(size, size);

        WrittenBlob written = write(store, path, Encoding.GZIP, content);

        byte[] stored = read(store, path);
        assertThat(written).isEqualTo(packed(content, stored));
        assertThat(Arrays.equals(SingleMember.unpack(stored), content)).isTrue();
        try (StoredBlob blob = store.open(path, 0, 1)) {
            assertThat(blob.contentEncoding()).isEqualTo("gzip");
            assertThat(blob.totalLength()).isEqualTo(stored.length).isLessThan(size + 30L);
        }
    }

    @Test
    void incompressibleContentSurvivesGzip() {
        byte[] noise = BlobContent.noise(2 * Block.SIZE, 1);

        write(store, path, Encoding.GZIP, noise);

        assertThat(Arrays.equals(SingleMember.unpack(read(store, path)), noise)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void sameContentGivesTheSameStoredBytes(Encoding encoding) {
        byte[] content = text(2 * Block.SIZE + 1, 4);
        BlobPath again = BlobPath.of(container, "again");

        write(store, path, encoding, content);
        write(store, again, encoding, content);

        assertThat(sha256(read(store, again))).isEqualTo(sha256(read(store, path)));
    }

    /** Of every size, larger than a block too, between content that is not compressed. */
    @ParameterizedTest
    @EnumSource
    void compressedDataAndOtherContentComeInTheirOrder(Encoding encoding) throws Exception {
        int[] sizes = {0, 1, 100_000, Block.SIZE - 3, 10, 2 * Block.SIZE + 5, 70_000, 20_000_000};
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        WrittenBlob written;
        try (BlobWriter writer = store.create(path, encoding)) {
            for (int i = 0; i < sizes.length; i++) {
                byte[] part = i == 5 ? BlobContent.noise(sizes[i], 1) : text(sizes[i], i);
                writer.writeDeflated(BlobContent.deflated(part));
                content.write(part);
                if (i % 3 == 1) {
                    writer.write(part, 0, part.length);
                    content.write(part);
                }
            }
            written = writer.commit();
        }

        byte[] stored = read(store, path);
        assertThat(Arrays.equals(
                        encoding != Encoding.IDENTITY ? SingleMember.unpack(stored) : stored, content.toByteArray()))
                .isTrue();
        assertThat(written)
                .isEqualTo(
                        encoding != Encoding.IDENTITY
                                ? packed(content.toByteArray(), stored)
                                : new WrittenBlob(content.size(), sha256(stored), null));
    }

    private static WrittenBlob packed(byte[] content, byte[] stored) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return new WrittenBlob(
                content.length,
                sha256(stored),
                new WrittenBlob.Compressed(stored.length, HexFormat.of().toHexDigits((int) crc.getValue())));
    }

    @ParameterizedTest
    @EnumSource
    void compressedDataThatIsNotWhatItSaysIsRefused(Encoding encoding) throws Exception {
        DeflatedLines data = BlobContent.deflated(text(50_000, 1));
        List<DeflatedLines> broken = new ArrayList<>(List.of(
                BlobContent.changed(data, data.length() - 1),
                BlobContent.cut(data, 4),
                BlobContent.cut(data, data.length())));
        if (encoding == Encoding.IDENTITY) { // a compressed blob takes the lines without a look at them
            broken.add(BlobContent.changed(data, 0));
            broken.add(BlobContent.changed(data, 200));
            broken.add(BlobContent.stating(data, 50_000, 1));
            broken.add(BlobContent.stating(data, 49_999, data.contentCrc32()));
            broken.add(BlobContent.stating(data, 50_001, data.contentCrc32()));
        }
        for (DeflatedLines each : broken) {
            try (BlobWriter writer = store.create(path, encoding)) {
                assertThatThrownBy(
                                () -> {
                                    writer.writeDeflated(each);
                                    writer.commit();
                                },
                                "%s",
                                each)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("is damaged");
            }
        }
        assertThat(StoredBlobs.in(store, container)).isEmpty();
    }

    @Test
    void nothingIsVisibleBeforeTheCommit() {
        try (BlobWriter writer = store.create(path, Encoding.IDENTITY)) {
            byte[] content = text(2 * Block.SIZE + 1, 2);
            writer.write(content, 0, content.length);

            assertThat(StoredBlobs.in(store, container)).isEmpty();
            assertThatThrownBy(() -> read(store, path)).isInstanceOf(BlobException.class);

            writer.commit();
            assertThat(StoredBlobs.in(store, container)).containsExactly(path);
        }
    }

    @Test
    void closedWithoutACommitLeavesNothing() {
        try (BlobWriter writer = store.create(path, Encoding.IDENTITY)) {
            writer.write(text(2 * Block.SIZE + 1, 3), 0, 2 * Block.SIZE + 1);
        }

        assertThat(StoredBlobs.in(store, container)).isEmpty();
    }

    @Test
    void secondCommitOfAPathReplacesTheFirst() throws Exception {
        write(store, path, Encoding.IDENTITY, text(2 * Block.SIZE, 5));
        String first = etag();

        write(store, path, "short");

        assertThat(read(store, path)).asString(StandardCharsets.UTF_8).isEqualTo("short");
        assertThat(etag()).startsWith("\"").endsWith("\"").isNotEqualTo(first);
        assertThat(StoredBlobs.in(store, container)).containsExactly(path);
    }

    @Test
    void abandonedRewriteLeavesTheFirstBlob() {
        write(store, path, "first");

        try (BlobWriter writer = store.create(path, Encoding.GZIP)) {
            writer.write(text(Block.SIZE, 6), 0, Block.SIZE);
        }

        assertThat(read(store, path)).asString(StandardCharsets.UTF_8).isEqualTo("first");
    }

    @Test
    void writerRefusesWorkAfterItsEnd() {
        try (BlobWriter writer = store.create(path, Encoding.IDENTITY)) {
            writer.commit();

            assertThatThrownBy(() -> writer.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(StoredBlobs.in(store, container)).containsExactly(path);
    }

    @Test
    void writingIntoAContainerThatIsNotThereFailsForGood() {
        BlobPath lost = BlobPath.of("no-" + container.substring(8), "Patient-1.ndjson");

        BlobException problem = catchThrowableOfType(BlobException.class, () -> write(store, lost, "too late"));

        assertThat(problem.reason()).isEqualTo(Reason.PERMANENT);
        assertThat(problem).hasMessageContaining(lost.container());
        assertThat(store.createContainer(lost.container())).isTrue();
        store.deleteContainer(lost.container());
    }

    @Test
    void hundredMegabytesNeedFourBlocks() {
        try (BlockPool pool = new BlockPool(64, Duration.ofSeconds(30));
                BlobStore bounded = storeWith(pool);
                BlobWriter writer = bounded.create(path, Encoding.IDENTITY)) {
            byte[] megabyte = text(1_000_000, 9);
            for (int i = 0; i < 100; i++) {
                writer.write(megabyte, 0, megabyte.length);
            }

            assertThat(writer.commit().bytes()).isEqualTo(100_000_000);
            assertThat(pool.allocated()).isBetween(1, 4);
        }
    }

    @Test
    void manyWritersShareTwoBlocks() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try (BlockPool pool = new BlockPool(2, Duration.ofSeconds(30));
                BlobStore bounded = storeWith(pool)) {
            byte[] content = text(3 * Block.SIZE + 1, 8);
            List<Future<WrittenBlob>> writes = IntStream.range(0, 5)
                    .mapToObj(i -> threads.submit(() -> write(
                            bounded,
                            BlobPath.of(container, "Patient-" + i),
                            i % 2 == 0 ? Encoding.IDENTITY : Encoding.GZIP,
                            content)))
                    .toList();

            for (Future<WrittenBlob> each : writes) {
                assertThat(each.get().bytes()).isEqualTo(content.length);
            }
            for (int i = 0; i < 5; i++) {
                byte[] stored = read(bounded, BlobPath.of(container, "Patient-" + i));
                assertThat(writes.get(i).get().sha256()).isEqualTo(sha256(stored));
                assertThat(Arrays.equals(i % 2 == 0 ? stored : SingleMember.unpack(stored), content))
                        .isTrue();
            }
            assertThat(pool.allocated()).isLessThanOrEqualTo(2);
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        } finally {
            threads.shutdown();
        }
    }

    private String etag() throws Exception {
        try (StoredBlob blob = store.open(path, 0, 1)) {
            return blob.etag();
        }
    }
}
