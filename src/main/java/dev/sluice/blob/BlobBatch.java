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
import java.util.stream.IntStream;

/**
 * Blobs that become visible together, for little more than the price of one. Each is complete with the storage before the
 * next one is begun, so a batch takes no more memory than one writer, however many blobs it has.
 *
 * <p>Each blob becomes visible by itself, whole or not at all; a commit that fails may leave some of them visible. Used by
 * one thread: create, write and commit one writer after the other, then {@link #commit}, then {@link #close()}.
 */
public final class BlobBatch implements AutoCloseable {
    /** So many calls to the storage at once. */
    private static final int LANES = 8;

    private final BiFunction<BlobPath, BlobStore.Encoding, BlockWriter> store;
    private final Executor executor;
    private final List<BlockWriter> complete = new ArrayList<>();

    BlobBatch(BiFunction<BlobPath, BlobStore.Encoding, BlockWriter> store, Executor executor) {
        this.store = store;
        this.executor = executor;
    }

    /**
     * Begins a blob of this batch. Its writer's commit gives all to the storage; nothing is visible before the batch is
     * committed.
     */
    public BlobWriter create(BlobPath path, BlobStore.Encoding encoding) {
        return new Part(store.apply(path, encoding));
    }

    /**
     * Waits until the storage keeps all blobs that are written, and then makes them visible.
     *
     * @param leave is run directly before anything becomes visible; if it throws, nothing does
     * @throws BlobProblem if the storage refuses one of them; nothing is visible if one could not be kept
     */
    public void commit(Runnable leave) {
        complete.forEach(BlockWriter::awaitKept);
        leave.run();
        publish().forEach(Runnable::run);
        complete.clear();
    }

    /** Drops what was not committed, all of it, whatever the storage says of one. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (BlockWriter writer : complete) {
            try {
                writer.close();
            } catch (RuntimeException fault) {
                first = first == null ? fault : first;
            }
        }
        complete.clear();
        if (first != null) {
            throw first;
        }
    }

    /** In several lanes at once. All have come to their end when this returns, or throws what the first one did. */
    private Set<Runnable> publish() {
        List<CompletableFuture<List<Runnable>>> lanes = IntStream.range(0, Math.min(LANES, complete.size()))
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
        for (int i = lane; i < complete.size(); i += LANES) {
            rest.add(complete.get(i).publish());
        }
        return rest;
    }

    /** A writer whose commit waits for that of the batch. */
    private final class Part implements BlobWriter {
        private final BlockWriter writer;
        private boolean committed;

        Part(BlockWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            writer.write(bytes, offset, length);
        }

        @Override
        public void writeMember(byte[] member, int offset, int length, int contentBytes) {
            writer.writeMember(member, offset, length, contentBytes);
        }

        @Override
        public Written commit() {
            Written written = writer.complete();
            committed = true;
            complete.add(writer);
            return written;
        }

        /** What is committed is the batch's to drop. */
        @Override
        public void close() {
            if (!committed) {
                writer.close();
            }
        }
    }
}
