package dev.sluice.bulkimport;

import dev.sluice.ingest.ResourceWriter;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.WritePremise;
import dev.sluice.store.WriteResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of a load, one after the other, on another thread than the one that reads, and counts what is written.
 * The thread that reads calls it.
 */
final class BatchWriter {
    private final ResourceWriter writer;
    private final ExecutorService executor;
    private final NdjsonLoadListener listener;
    private LoadCheckpoint reached;
    private long lastLine;
    private List<ResourceWrite> inWriting = List.of();
    private @Nullable Future<List<WriteResult>> written;

    /**
     * @param executor has one thread
     * @param start what is written already
     */
    BatchWriter(ResourceWriter writer, ExecutorService executor, LoadCheckpoint start, NdjsonLoadListener listener) {
        this.writer = writer;
        this.executor = executor;
        this.reached = start;
        this.listener = listener;
    }

    /** What is written. */
    LoadCheckpoint reached() {
        return reached;
    }

    boolean isWriting() {
        return written != null;
    }

    /**
     * Begins to write a batch. The one before it has been waited for.
     *
     * @param line the last one of the batch
     */
    void write(List<ResourceWrite> writes, long line) {
        LoadCheckpoint before = reached;
        inWriting = writes;
        lastLine = line;
        written = executor.submit(() -> writer.write(writes, new WritePremise() {
            @Override
            public boolean holds() {
                return true;
            }

            @Override
            public void written(List<WriteResult> results) {
                listener.reached(before.plus(line, writes, results));
            }
        }));
    }

    /** Waits until the last batch is written, and returns its lines that were left out because of what the store held. */
    List<LineError> await() throws IOException {
        if (written == null) {
            return List.of();
        }
        Future<List<WriteResult>> writing = written;
        written = null;
        List<WriteResult> outcomes = outcomes(writing);
        List<ResourceWrite> writes = inWriting;
        inWriting = List.of(); // they may hold a large buffer, and the next line may need another one
        reached = reached.plus(lastLine, writes, outcomes);
        listener.written(outcomes.stream()
                .filter(outcome -> outcome.kind() != WriteResult.Kind.CONFLICT)
                .count());
        List<LineError> conflicts = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            ResourceWrite.Origin line = writes.get(i).origin();
            if (outcomes.get(i).kind() == WriteResult.Kind.CONFLICT && line != null) {
                conflicts.add(conflict(writes.get(i), line));
            }
        }
        return conflicts;
    }

    private static List<WriteResult> outcomes(Future<List<WriteResult>> writing) throws IOException {
        try {
            return writing.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the load was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Says that a line was left out because of what the store held. */
    static LineError conflict(ResourceWrite write, ResourceWrite.Origin line) {
        return new LineError(
                line.line(),
                "Version " + line.versionId() + " of " + write.key()
                        + " is stored already with other content, and not this line's. If the line is newer,"
                        + " give it a later lastUpdated or the next versionId.");
    }
}
