package dev.sluice.blob;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The blocks of all writers of a store, and the threads that work on them. Their number has a bound, so the memory for
 * writing is constant, however many files are open and however slow the storage is; a writer waits for a block.
 */
final class BlockPool implements AutoCloseable {
    /** A block may hold its compressed form as well. */
    private static final long BYTES_PER_BLOCK = 2L * Block.SIZE;

    private final ConcurrentLinkedQueue<Block> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger allocated = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService executor;
    private final Semaphore permits;
    private final Duration patience;

    /** A pool of at most {@code capacity} blocks; a writer that gets none within {@code patience} fails. */
    BlockPool(int capacity, Duration patience) {
        this.permits = new Semaphore(capacity, true);
        this.patience = patience;
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "blob-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** At most a quarter of what the JVM may use (it grants direct memory as much as heap), 16 to 64 blocks. */
    static BlockPool forThisMachine() {
        long affordable = Runtime.getRuntime().maxMemory() / 4 / BYTES_PER_BLOCK;
        return new BlockPool((int) Math.max(16, Math.min(64, affordable)), Duration.ofMinutes(5));
    }

    /** Waits for a block. Patience ends a wait that cannot succeed: one thread that fills more files than there are blocks. */
    Block take() {
        try {
            if (!permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BlobProblem(
                        BlobProblem.Reason.TRANSIENT,
                        "No buffer became free within " + patience.toSeconds() + " s: too many files are being written"
                                + " at the same time, or the storage takes too long. Run fewer workers.",
                        null);
            }
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
        Block block = idle.poll();
        if (block != null) {
            return block;
        }
        return allocate();
    }

    void giveBack(Block block) {
        block.clear();
        idle.add(block);
        permits.release();
    }

    Executor executor() {
        return executor;
    }

    /** How many blocks exist, in use or idle. */
    int allocated() {
        return allocated.get();
    }

    static BlobProblem interrupted(InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new BlobProblem(
                BlobProblem.Reason.TRANSIENT, "Writing stopped because its thread was interrupted.", interrupted);
    }

    private Block allocate() {
        try {
            Block block = new Block();
            allocated.incrementAndGet();
            return block;
        } catch (OutOfMemoryError noDirectMemory) {
            permits.release();
            throw noDirectMemory;
        }
    }

    /** Lets work that was begun end, and takes no more. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
