package dev.sluice.blob;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;

/**
 * A pool of the blocks of all writers of a store, and of the threads that process them. The number of blocks is
 * limited, so the memory for writing is constant, however many files are open and however slow the storage is. A writer
 * waits for a free block.
 */
final class BlockPool implements AutoCloseable {
    /** A block may hold its compressed form as well. */
    private static final long BYTES_PER_BLOCK = 2L * Block.SIZE;

    /**
     * The number of files that are synced at the same time: a disk syncs several for little more than the cost of one.
     */
    private static final int SYNC_THREADS = 4;

    private static final long IDLE_SECONDS = 60;

    private final ConcurrentLinkedQueue<Block> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger allocated = new AtomicInteger();
    private final ExecutorService executor;
    private final ExecutorService syncer;
    private final Semaphore permits;
    private final Duration longestWait;

    /** A pool of at most {@code capacity} blocks; a writer that gets none within {@code longestWait} fails. */
    BlockPool(int capacity, Duration longestWait) {
        this.permits = new Semaphore(capacity, true);
        this.longestWait = longestWait;
        ThreadFactory daemons =
                BasicThreadFactory.builder().namingPattern("blob-%d").daemon().build();
        this.executor = Executors.newCachedThreadPool(daemons);
        ThreadPoolExecutor few = new ThreadPoolExecutor(
                SYNC_THREADS, SYNC_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons);
        few.allowCoreThreadTimeOut(true);
        this.syncer = few;
    }

    /** At most a quarter of what the JVM may use (it grants direct memory as much as heap), 16 to 64 blocks. */
    static BlockPool forThisMachine() {
        long affordable = Runtime.getRuntime().maxMemory() / 4 / BYTES_PER_BLOCK;
        return new BlockPool((int) Math.max(16, Math.min(64, affordable)), Duration.ofMinutes(5));
    }

    /**
     * Waits for a block. The timeout ends a wait that cannot succeed, of one thread that fills more files than blocks
     * exist.
     */
    Block take() {
        try {
            if (!permits.tryAcquire(longestWait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BlobException(
                        BlobException.Reason.TRANSIENT,
                        "No buffer became free within " + longestWait.toSeconds()
                                + " s: too many files are being written"
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
        block.reset();
        idle.add(block);
        permits.release();
        if (executor.isShutdown()) { // asked after adding: close() forgets what was there before it
            forgetIdle();
        }
    }

    Executor executor() {
        return executor;
    }

    /** The threads that make stored blobs durable. They mostly wait. */
    Executor syncer() {
        return syncer;
    }

    /** How many blocks the pool holds, in use or idle. */
    int allocated() {
        return allocated.get();
    }

    static BlobException interrupted(InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new BlobException(
                BlobException.Reason.TRANSIENT, "Writing stopped because its thread was interrupted.", interrupted);
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

    /** Completes running work, accepts no more, and releases the memory of the blocks. */
    @Override
    public void close() {
        executor.shutdown();
        syncer.shutdown();
        forgetIdle();
    }

    private void forgetIdle() {
        while (idle.poll() != null) {
            allocated.decrementAndGet();
        }
    }
}
