package dev.sluice.blob;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Writes several blobs and commits them together. The rest of a finished blob is stored while the next ones are
 * written, for at most four blobs at a time. Small blobs therefore do not wait for the storage one after the other, and
 * memory does not grow with their number.
 *
 * <p>Each blob becomes visible by itself, whole or not at all; if a commit fails, some blobs may be visible. Used
 * by one thread: create, write and end one writer after the other, then {@link #commit}, then {@link #close()}.
 */
public final class BlobBatch implements AutoCloseable {
    /** The number of blobs that are committed at the same time. */
    private static final int PARALLEL_COMMITS = 8;

    /** The number of ended blobs that may be incomplete while the next one is written; small ones have a block each. */
    private static final int UNFINISHED = 4;

    private final BiFunction<BlobPath, BlobStore.Encoding, BlockWriter> store;
    private final Executor executor;
    private final List<BlockWriter> ended = new ArrayList<>();

    BlobBatch(BiFunction<BlobPath, BlobStore.Encoding, BlockWriter> store, Executor executor) {
        this.store = store;
        this.executor = executor;
    }

    /** Begins a blob of this batch. */
    public BatchWriter create(BlobPath path, BlobStore.Encoding encoding) {
        return new BatchWriter(store.apply(path, encoding));
    }

    /**
     * Waits until the storage keeps all blobs that are written, and then makes them visible.
     *
     * @param checkMayCommit is run directly before anything becomes visible; if it throws, nothing does
     * @throws BlobException if the storage refuses one of them; nothing is visible if one could not be kept
     */
    public void commit(Runnable checkMayCommit) {
        ended.forEach(BlockWriter::complete);
        ended.forEach(BlockWriter::awaitSynced);
        checkMayCommit.run();
        publish().forEach(Runnable::run);
        ended.clear();
    }

    /** Drops what was not committed, all of it, whatever the storage says of one. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (BlockWriter writer : ended) {
            try {
                writer.close();
            } catch (RuntimeException fault) {
                first = first == null ? fault : first;
            }
        }
        ended.clear();
        if (first != null) {
            throw first;
        }
    }

    /** In several lanes at once. All have come to their end when this returns, or throws what the first one did. */
    private Set<Runnable> publish() {
        List<CompletableFuture<List<Runnable>>> lanes = IntStream.range(0, Math.min(PARALLEL_COMMITS, ended.size()))
                .mapToObj(lane -> CompletableFuture.completedFuture(lane).thenApplyAsync(this::publish, executor))
                .toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new));
        try {
            all.join(); // calls to the storage end within its time-outs, and must not go on behind the caller's back
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException fault ? fault : failed;
        }
        return lanes.stream()
                .map(CompletableFuture::join)
                .flatMap(Collection::stream)
                .collect(LinkedHashSet::new, Set::add, Set::addAll);
    }

    private List<Runnable> publish(int lane) {
        List<Runnable> rest = new ArrayList<>();
        for (int i = lane; i < ended.size(); i += PARALLEL_COMMITS) {
            rest.add(ended.get(i).publish());
        }
        return rest;
    }

    /** A blob of the batch, which is visible only when the batch is committed. */
    public final class BatchWriter implements BlobWriter {
        private final BlockWriter writer;
        private boolean over;

        private BatchWriter(BlockWriter writer) {
            this.writer = writer;
        }

        @Override
        public void contentType(String type) {
            writer.contentType(type);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            writer.write(bytes, offset, length);
        }

        @Override
        public void writeDeflated(DeflatedLines data) {
            writer.writeDeflated(data);
        }

        /**
         * Gives what is left to the storage, without waiting for it, unless too many blobs before it are incomplete.
         *
         * @return waits until the storage has all of this blob, and says what it is
         */
        public Supplier<WrittenBlob> end() {
            writer.end();
            over = true;
            ended.add(writer);
            if (ended.size() > UNFINISHED) {
                ended.get(ended.size() - 1 - UNFINISHED).complete();
            }
            return writer::complete;
        }

        /** Waits until the storage has it all; it is not visible yet. */
        @Override
        public WrittenBlob commit() {
            return end().get();
        }

        /** The batch closes the writers that have ended. */
        @Override
        public void close() {
            if (!over) {
                writer.close();
            }
        }
    }
}
