package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.blob.BlobStore.Encoding;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the blobs of a batch wait for, and what they do not. */
@Timeout(30)
class BlobBatchTest {
    /** Four that have ended, and the one that ends next. */
    private static final int AT_ONCE = 5;

    private final BlockPool pool = new BlockPool(64, Duration.ofSeconds(20));
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Set<Integer> visible = Collections.synchronizedSet(new TreeSet<>());

    @AfterEach
    void close() {
        thread.shutdownNow();
        pool.close();
    }

    @Test
    void smallBlobsAreStoredTogether() {
        CountDownLatch all = new CountDownLatch(AT_ONCE);
        try (BlobBatch batch = batch(number -> {
            all.countDown();
            await(all);
        })) {
            add(batch, AT_ONCE);
            batch.commit(() -> assertThat(visible).isEmpty());
        }
        assertThat(visible).hasSize(AT_ONCE);
    }

    @Test
    void noMoreThanAFewAreIncomplete() throws Exception {
        CountDownLatch begun = new CountDownLatch(AT_ONCE);
        CountDownLatch gate = new CountDownLatch(1);
        try (BlobBatch batch = batch(number -> {
            begun.countDown();
            await(gate);
        })) {
            Future<?> adding = thread.submit(() -> add(batch, AT_ONCE + 1));

            await(begun);
            assertThatThrownBy(() -> adding.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(pool.allocated()).isEqualTo(AT_ONCE);

            gate.countDown();
            adding.get();
            batch.commit(() -> {});
        }
        assertThat(visible).hasSize(AT_ONCE + 1);
    }

    @Test
    void faultOfABlobThatHasEndedLeavesNothingVisible() {
        IllegalStateException fault = new IllegalStateException("the second one cannot be stored");
        try (BlobBatch batch = batch(number -> {
            if (number == 1) {
                throw fault;
            }
        })) {
            add(batch, 3);

            assertThatThrownBy(() -> batch.commit(() -> {})).isSameAs(fault);
        }
        assertThat(visible).isEmpty();
    }

    private BlobBatch batch(IntConsumer storing) {
        return new BlobBatch(
                (path, encoding) -> new BlockWriter(
                        pool, new Numbered(Integer.parseInt(path.toString().replaceAll("\\D", "")), storing), encoding),
                pool.executor());
    }

    private static void add(BlobBatch batch, int blobs) {
        for (int i = 0; i < blobs; i++) {
            try (BlobBatch.BatchWriter part =
                    batch.create(BlobPath.of("container", "folder/" + i), Encoding.IDENTITY)) {
                part.write(new byte[10], 0, 10);
                part.end();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** The storage of one blob; it does what the test wants when it is given the content. */
    private final class Numbered implements BlockSink {
        private final int number;
        private final IntConsumer storing;

        Numbered(int number, IntConsumer storing) {
            this.number = number;
            this.storing = storing;
        }

        @Override
        public boolean inOrder() {
            return false;
        }

        @Override
        public void store(int block, ByteBuffer content) {
            storing.accept(number);
        }

        @Override
        public void sync() {
            assertThat(visible).isEmpty();
        }

        @Override
        public Runnable commit(int count) {
            visible.add(number);
            return () -> {};
        }

        @Override
        public void abort() {
            visible.remove(number);
        }
    }
}
