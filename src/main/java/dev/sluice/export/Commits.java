package dev.sluice.export;

import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.Written;
import dev.sluice.job.UnitContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the files of one unit visible while the unit goes on with the next one: a commit waits for the disk or the storage,
 * and a unit of many small files would do little else.
 *
 * <p>Used by one thread; if that is interrupted, so are the commits. It is closed when no commit is under way any more, so
 * that nothing becomes visible after its unit.
 */
final class Commits implements AutoCloseable {
    private static final int UNDER_WAY = 4;

    private final UnitContext context;
    private final Executor executor;
    private final Deque<Commit> underWay = new ArrayDeque<>();

    Commits(UnitContext context, Executor executor) {
        this.context = context;
        this.executor = executor;
    }

    /**
     * Has a file become visible, if the unit is still this process's to do then; a fault is thrown by a later call.
     *
     * @param blob that all is written to; it is closed
     * @param taker is told when it is visible, in the order of these calls and by their thread
     */
    void add(BlobWriter blob, Consumer<Written> taker) {
        Commit commit = new Commit(blob, taker);
        underWay.add(commit);
        executor.execute(commit);
        while (underWay.size() > UNDER_WAY) {
            take();
        }
    }

    /** Waits until all files are visible. */
    void finish() {
        while (!underWay.isEmpty()) {
            take();
        }
    }

    @Override
    public void close() {
        underWay.forEach(commit -> commit.end.exceptionally(fault -> null).join());
    }

    private void take() {
        Commit commit = underWay.element();
        try {
            commit.taker.accept(commit.end.get());
            underWay.remove();
        } catch (InterruptedException e) {
            underWay.forEach(Commit::interrupt);
            Thread.currentThread().interrupt();
            context.check();
            throw new IllegalStateException("A file was about to be committed when its thread was interrupted.", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e.getCause());
        }
    }

    /** One commit, run by a thread of its own. */
    private final class Commit implements Runnable {
        private final BlobWriter blob;
        private final Consumer<Written> taker;
        private final CompletableFuture<Written> end = new CompletableFuture<>();
        private @Nullable Thread thread;

        Commit(BlobWriter blob, Consumer<Written> taker) {
            this.blob = blob;
            this.taker = taker;
        }

        @Override
        public void run() {
            begin();
            Written written = null;
            Throwable fault = null;
            try (blob) {
                context.confirm();
                written = blob.commit();
            } catch (RuntimeException | Error e) {
                fault = e;
            }
            end(written, fault);
        }

        synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        private synchronized void begin() {
            thread = Thread.currentThread();
        }

        /** From here on the thread does other work, which is nobody's here to interrupt. */
        private synchronized void end(@Nullable Written written, @Nullable Throwable fault) {
            thread = null;
            Thread.interrupted();
            if (written == null) {
                end.completeExceptionally(fault == null ? new IllegalStateException("No commit") : fault);
            } else {
                end.complete(written);
            }
        }
    }
}
