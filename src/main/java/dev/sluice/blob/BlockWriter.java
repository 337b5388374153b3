package dev.sluice.blob;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Divides written data into blocks, and compresses, hashes and stores up to three of them in the background.
 *
 * <p>The steps of a block: compress (in any order), then hash what is to be stored (in the order of the file, one
 * digest for all) and store it (in the order that the sink wants), back to the pool. The last block of a compressed
 * file waits until all are compressed, since it ends with the checksum of the whole content. A step never throws: the
 * first fault is kept, later steps are skipped, and the writer's next call throws it. So every block comes back,
 * whatever happens.
 */
final class BlockWriter implements BlobWriter {
    private static final int UNDER_WAY = 3;
    private static final CompletableFuture<Void> START = CompletableFuture.completedFuture(null);

    private final BlockPool pool;
    private final BlockSink sink;
    private final boolean gzip;
    private @Nullable DeflatedReader deflated;
    private final Semaphore free = new Semaphore(UNDER_WAY);
    private final MessageDigest digest = DigestUtils.getSha256Digest();
    private final Crc32Combiner content = new Crc32Combiner();
    private final AtomicLong storedBytes = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();

    private CompletableFuture<Void> checksumming = START;
    private CompletableFuture<Void> hashing = START;
    private CompletableFuture<Void> storing = START;
    private CompletableFuture<Void> blocksDone = START;
    private CompletableFuture<Void> syncing = START;
    private @Nullable Block filling;
    private long bytes;
    private int blocks;
    private boolean open = true;
    private boolean ended;
    private @Nullable WrittenBlob result;

    BlockWriter(BlockPool pool, BlockSink sink, BlobStore.Encoding encoding) {
        this.pool = pool;
        this.sink = sink;
        this.gzip = encoding != BlobStore.Encoding.IDENTITY;
    }

    @Override
    public void contentType(String type) {
        sink.contentType(type);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        requireOpen();
        throwFault();
        for (int done = 0; done < length; ) {
            Block block = filling(false);
            done += block.fill(source, offset + done, length - done);
            if (block.isFull()) {
                dispatch(block);
            }
        }
        bytes += length;
    }

    @Override
    public void writeDeflated(DeflatedLines data) {
        requireOpen();
        throwFault();
        data.check();
        if (gzip && Block.fits(data)) {
            add(data);
        } else {
            fill(data);
        }
        bytes += data.contentBytes();
    }

    private void fill(DeflatedLines data) {
        if (deflated == null) {
            deflated = new DeflatedReader();
        }
        deflated.begin(data);
        while (deflated.hasMore()) {
            Block block = filling(false);
            block.fill(deflated);
            if (block.isFull()) {
                dispatch(block);
            }
        }
    }

    private void closeDeflated() {
        if (deflated != null) {
            deflated.close();
        }
    }

    private void add(DeflatedLines data) {
        Block block = filling(true);
        if (!block.add(data)) {
            dispatch(block);
            filling(true).add(data);
        }
    }

    /** The current block for compressed data or for content; a current block of the other kind is passed on first. */
    private Block filling(boolean ofDeflated) {
        if (filling != null && filling.hasContent() && filling.isDeflated() != ofDeflated) {
            dispatch(filling);
        }
        if (filling == null) {
            filling = pool.take();
        }
        return filling;
    }

    @Override
    public WrittenBlob commit() {
        end();
        WrittenBlob written = complete();
        awaitSynced();
        publish().run();
        return written;
    }

    /**
     * Ends the blob. What is left is stored, and then the whole blob is made durable, in the background.
     */
    void end() {
        requireOpen();
        throwFault();
        if (filling == null && gzip) {
            filling = pool.take(); // for the end of the file
        }
        ended = true;
        if (filling != null) {
            dispatch(filling);
        }
        closeDeflated();
        syncing = blocksDone.thenRunAsync(step(sink::sync), pool.syncer());
    }

    /** Waits until the storage has all of what has ended, so that every block is back. */
    WrittenBlob complete() {
        if (!ended) {
            throw new IllegalStateException("This blob has not ended.");
        }
        if (result == null) {
            awaitSteps();
            throwFault();
            WrittenBlob.Compressed compressed = gzip
                    ? new WrittenBlob.Compressed(
                            storedBytes.get(), HexFormat.of().toHexDigits(content.value()))
                    : null;
            result = new WrittenBlob(bytes, HexFormat.of().formatHex(digest.digest()), compressed);
        }
        return result;
    }

    /** Waits until the complete blob is durable. */
    void awaitSynced() {
        endSync();
        throwFault();
    }

    /** Makes the durable blob visible; returns the action that makes this durable too, as {@link BlockSink#commit} does. */
    Runnable publish() {
        if (!open || result == null) {
            throw new IllegalStateException("This blob is not complete, or was closed before.");
        }
        Runnable rest = sink.commit(blocks);
        open = false;
        return rest;
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        closeDeflated();
        fault.compareAndSet(null, new IllegalStateException("closed without a commit"));
        awaitSteps();
        endSync();
        if (filling != null) {
            pool.giveBack(filling);
            filling = null;
        }
        sink.abort();
    }

    private void dispatch(Block block) {
        try {
            free.acquire();
        } catch (InterruptedException interrupted) {
            throw BlockPool.interrupted(interrupted);
        }
        filling = null;
        int number = blocks++;
        CompletableFuture<Void> compressing = gzip ? compress(block, number) : START;
        hashing = CompletableFuture.allOf(compressing, hashing)
                .thenRunAsync(step(() -> block.digest(digest)), pool.executor());
        CompletableFuture<Void> turn = sink.inOrder() ? CompletableFuture.allOf(compressing, storing) : compressing;
        storing = turn.thenRunAsync(step(() -> store(number, block)), pool.executor());
        CompletableFuture<Void> done = CompletableFuture.allOf(checksumming, hashing, storing)
                .handle((nothing, refused) -> {
                    if (refused != null) { // by the executor: the store is closed
                        fault.compareAndSet(null, refused);
                    }
                    pool.giveBack(block);
                    free.release();
                    return null;
                });
        blocksDone = CompletableFuture.allOf(blocksDone, done);
    }

    /** Ends when what goes to the storage is complete. */
    private CompletableFuture<Void> compress(Block block, int number) {
        if (number == 0) {
            block.beginFile();
        }
        CompletableFuture<Void> compressing = START.thenRunAsync(step(block::compress), pool.executor());
        checksumming = CompletableFuture.allOf(compressing, checksumming).thenRun(step(() -> block.count(content)));
        if (!ended) {
            return compressing;
        }
        checksumming = checksumming.thenRun(step(() -> block.endFile(content)));
        return checksumming;
    }

    private void store(int number, Block block) {
        storedBytes.addAndGet(block.stored().remaining());
        sink.store(number, block.stored());
    }

    /** Steps end within the time-outs of the storage, so this wait does too; it must not leave blocks behind. */
    private void awaitSteps() {
        free.acquireUninterruptibly(UNDER_WAY);
        free.release(UNDER_WAY);
    }

    /** The executor refuses when the store is closed. */
    private void endSync() {
        syncing.handle((done, refused) -> refused == null || fault.compareAndSet(null, refused))
                .join();
    }

    private Runnable step(Runnable work) {
        return () -> {
            if (fault.get() == null) {
                try {
                    work.run();
                } catch (RuntimeException | Error problem) {
                    fault.compareAndSet(null, problem);
                }
            }
        };
    }

    private void throwFault() {
        Throwable problem = fault.get();
        if (problem instanceof Error error) {
            throw error;
        }
        if (problem != null) {
            throw (RuntimeException) problem;
        }
    }

    private void requireOpen() {
        if (!open || ended) {
            throw new IllegalStateException("This blob was committed or closed before.");
        }
    }
}
