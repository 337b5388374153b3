package dev.sluice.blob;

import static dev.sluice.blob.BlobContent.read;
import static dev.sluice.blob.BlobContent.sha256;
import static dev.sluice.blob.BlobContent.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.blob.BlobStore.Encoding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every batch must do, whatever it writes to. */
abstract class BlobBatchContract extends BlobWriterContract {
    private static final int MANY = 20;

    @Test
    void blobsOfABatchAreVisibleAfterItsCommitAndNotBefore() {
        List<Supplier<WrittenBlob>> written = new ArrayList<>();
        List<BlobPath> seen = new ArrayList<>();
        try (BlobBatch batch = store.batch()) {
            for (int i = 0; i < MANY; i++) {
                written.add(add(batch, i));
            }
            seen.addAll(StoredBlobs.in(store, container));

            batch.commit(() -> seen.addAll(StoredBlobs.in(store, container)));
        }

        assertThat(seen).isEmpty();
        assertThat(StoredBlobs.in(store, container)).hasSize(MANY);
        for (int i = 0; i < MANY; i++) {
            assertThat(sha256(read(store, path(i))))
                    .isEqualTo(written.get(i).get().sha256());
            assertThat(read(store, path(i))).isEqualTo(content(i));
        }
    }

    @Test
    void batchWithoutLeaveLeavesNothing() {
        try (BlobBatch batch = store.batch()) {
            add(batch, 1);
            add(batch, 2);

            assertThatThrownBy(() -> batch.commit(() -> {
                        throw new CancellationException("taken over");
                    }))
                    .isInstanceOf(CancellationException.class);
        }

        assertThat(StoredBlobs.in(store, container)).isEmpty();
    }

    @Test
    void blobThatIsNotCommittedIsLeftOutOfItsBatch() {
        try (BlobBatch batch = store.batch()) {
            add(batch, 1);
            try (BlobWriter empty = batch.create(path(2), Encoding.IDENTITY)) {
                empty.write(new byte[1], 0, 1);
            }
            batch.commit(() -> {});
        }

        assertThat(StoredBlobs.in(store, container)).containsExactly(path(1));
    }

    @Test
    void emptyBatchCommitsNothing() {
        try (BlobBatch batch = store.batch()) {
            batch.commit(() -> {});
        }

        assertThat(StoredBlobs.in(store, container)).isEmpty();
    }

    @Test
    void batchOfAnySizeNeedsTheBlocksOfOneWriter() {
        try (BlockPool pool = new BlockPool(1, Duration.ofSeconds(30));
                BlobStore bounded = storeWith(pool);
                BlobBatch batch = bounded.batch()) {
            IntStream.range(0, MANY).forEach(i -> add(batch, i));

            batch.commit(() -> {});

            assertThat(StoredBlobs.in(bounded, container)).hasSize(MANY);
            assertThat(pool.allocated()).isEqualTo(1);
        }
    }

    BlobPath path(int number) {
        return BlobPath.of(container, "run-1/Patient-%03d.ndjson".formatted(number));
    }

    /** Ends a blob as units do, without waiting for it. */
    Supplier<WrittenBlob> add(BlobBatch batch, int number) {
        try (BlobBatch.BatchWriter writer = batch.create(path(number), Encoding.IDENTITY)) {
            byte[] content = content(number);
            writer.write(content, 0, content.length);
            return writer.end();
        }
    }

    private static byte[] content(int number) {
        return text(1_000 + number, number);
    }
}
