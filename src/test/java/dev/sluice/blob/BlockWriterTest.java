package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.blob.BlobStore.Encoding;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BlockWriterTest {
    private final BlockPool pool = new BlockPool(4, Duration.ofMillis(200));
    private final byte[] block = new byte[Block.SIZE];

    @AfterEach
    void closePool() {
        pool.close();
    }

    @Test
    void faultBehindTheWritersBackIsThrownByANextCallAndAbortsTheSink() {
        BlobException fault = new BlobException(BlobException.Reason.TRANSIENT, "the storage is busy", null);
        RecordingSink sink = new RecordingSink(number -> {
            if (number == 1) {
                throw fault;
            }
        });

        assertThatThrownBy(() -> writeBlocks(sink, 20)).isSameAs(fault);

        assertThat(sink.calls).contains("abort").doesNotContain("commit 20");
        assertThatAllBlocksAreBack();
    }

    @Test
    void errorBehindTheWritersBackIsThrownToo() {
        RecordingSink sink = new RecordingSink(number -> {
            throw new StackOverflowError("deep");
        });

        assertThatThrownBy(() -> writeBlocks(sink, 1)).isInstanceOf(StackOverflowError.class);

        assertThatAllBlocksAreBack();
    }

    @Test
    void failedCommitAbortsTheSink() {
        RecordingSink sink = new RecordingSink(number -> {});
        sink.commitFault = new IllegalStateException("no commit");

        assertThatThrownBy(() -> writeBlocks(sink, 2)).isSameAs(sink.commitFault);

        assertThat(sink.calls).endsWith("sync", "commit 2", "abort");
        assertThatAllBlocksAreBack();
    }

    @Test
    void whatTheStorageCannotKeepIsNotCommitted() {
        RecordingSink sink = new RecordingSink(number -> {});
        sink.syncFault = new IllegalStateException("the disk is broken");

        assertThatThrownBy(() -> writeBlocks(sink, 2)).isSameAs(sink.syncFault);

        assertThat(sink.calls).endsWith("sync", "abort").doesNotContain("commit 2");
        assertThatAllBlocksAreBack();
    }

    @Test
    void completeFileHoldsNoBlockWhileItWaitsForItsCommit() {
        RecordingSink sink = new RecordingSink(number -> {});
        try (BlockWriter writer = new BlockWriter(pool, sink, Encoding.GZIP)) {
            writer.write(block, 0, 10);
            writer.end();
            writer.complete();

            assertThatAllBlocksAreBack();
            writer.awaitSynced();
            assertThat(sink.calls).containsExactly("store 0", "sync");
            assertThatThrownBy(() -> writer.write(block, 0, 1)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(sink.calls).containsExactly("store 0", "sync", "abort");
    }

    @Test
    void storingOverlapsWithWritingAndWithItself() {
        CountDownLatch three = new CountDownLatch(3);
        RecordingSink sink = new RecordingSink(number -> {
            three.countDown();
            await(three);
        });

        writeBlocks(sink, 6);

        assertThat(sink.mostAtOnce.get()).isEqualTo(3);
        assertThat(sink.calls).hasSize(9).endsWith("sync", "commit 6", "after");
        assertThatAllBlocksAreBack();
    }

    @Test
    void sinkThatWantsOrderGetsOneBlockAfterTheOther() {
        RecordingSink sink = new RecordingSink(number -> {});
        sink.inOrder = true;

        writeBlocks(sink, 6);

        assertThat(sink.mostAtOnce.get()).isEqualTo(1);
        assertThat(sink.calls)
                .containsExactly(
                        "store 0", "store 1", "store 2", "store 3", "store 4", "store 5", "sync", "commit 6", "after");
    }

    @Test
    void closeWaitsForWhatIsUnderWayAndStoresNoMore() {
        RecordingSink sink = new RecordingSink(number -> {});
        BlockWriter writer = new BlockWriter(pool, sink, Encoding.IDENTITY);
        writer.write(block, 0, block.length);
        writer.write(block, 0, 10);

        writer.close();
        writer.close();

        assertThat(sink.calls).doesNotContain("store 1").endsWith("abort").containsOnlyOnce("abort");
        assertThatAllBlocksAreBack();
    }

    @Test
    void writerThatGetsNoBlockSaysSo() {
        List<Block> taken = List.of(pool.take(), pool.take(), pool.take(), pool.take());

        assertThatThrownBy(() -> writeBlocks(new RecordingSink(number -> {}), 1))
                .isInstanceOf(BlobException.class)
                .hasMessageContaining("Run fewer workers");

        taken.forEach(pool::giveBack);
        assertThatAllBlocksAreBack();
    }

    @Test
    void interruptedWriterStopsAndStaysInterrupted() {
        RecordingSink sink = new RecordingSink(number -> {});
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> writeBlocks(sink, 1))
                .isInstanceOf(BlobException.class)
                .hasMessageContaining("interrupted");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(sink.calls).containsExactly("abort");
        assertThatAllBlocksAreBack();
    }

    @Test
    void writerOfAClosedStoreFailsAndDoesNotHang() {
        for (Encoding encoding : Encoding.values()) {
            RecordingSink sink = new RecordingSink(number -> {});
            BlockPool closed = new BlockPool(4, Duration.ofSeconds(1));
            BlockWriter writer = new BlockWriter(closed, sink, encoding);
            writer.write(block, 0, 10);
            closed.close();

            assertThatThrownBy(writer::commit).isInstanceOf(RuntimeException.class);
            writer.close();
            assertThat(sink.calls).containsExactly("abort");
        }
    }

    /** What still refers to a closed store keeps hundreds of megabytes from the next one otherwise. */
    @Test
    void closedPoolHoldsNoMemory() {
        Block idle = pool.take();
        Block inUse = pool.take();
        pool.giveBack(idle);

        pool.close();
        assertThat(pool.allocated()).as("one is still in use").isEqualTo(1);

        pool.giveBack(inUse);
        assertThat(pool.allocated()).isZero();
    }

    private void writeBlocks(RecordingSink sink, int count) {
        try (BlockWriter writer = new BlockWriter(pool, sink, Encoding.IDENTITY)) {
            for (int i = 0; i < count; i++) {
                writer.write(block, 0, block.length);
            }
            writer.commit();
        }
    }

    private void assertThatAllBlocksAreBack() {
        List<Block> all = List.of(pool.take(), pool.take(), pool.take(), pool.take());
        assertThat(pool.allocated()).isLessThanOrEqualTo(4);
        all.forEach(pool::giveBack);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private interface Step {
        void store(int number);
    }

    /** Writes down what it is told, and does what the test wants at each block. */
    private static final class RecordingSink implements BlockSink {
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger mostAtOnce = new AtomicInteger();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final Step step;
        boolean inOrder;

        @Nullable
        RuntimeException syncFault;

        @Nullable
        RuntimeException commitFault;

        RecordingSink(Step step) {
            this.step = step;
        }

        @Override
        public boolean inOrder() {
            return inOrder;
        }

        @Override
        public void store(int number, ByteBuffer content) {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            calls.add("store " + number);
            step.store(number);
            atOnce.decrementAndGet();
        }

        @Override
        public void sync() {
            calls.add("sync");
            if (syncFault != null) {
                throw syncFault;
            }
        }

        @Override
        public Runnable commit(int count) {
            calls.add("commit " + count);
            if (commitFault != null) {
                throw commitFault;
            }
            return () -> calls.add("after");
        }

        @Override
        public void abort() {
            calls.add("abort");
        }
    }
}
