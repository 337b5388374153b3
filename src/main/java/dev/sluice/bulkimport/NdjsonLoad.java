package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.ingest.UnexpectedFault;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.NdjsonReader;
import dev.sluice.store.ResourceWrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One load: reads and checks the next batch on this thread while the one before it is written on another.
 *
 * <p>At most two batches are in memory. A batch ends at about 4 MB or 2,000 changes. If a batch repeats a resource and
 * the versions of its lines are known, it is sorted by version. If they are known for some lines only, the batch ends
 * before the line that repeats. Lines that an earlier try has written are read and counted, and not written again. While a large
 * resource is written, no further line is read, because the resource is in the reader's buffer.
 */
final class NdjsonLoad {
    private static final int BATCH_BYTES = 4 << 20;
    private static final int BATCH_LINES = 2_000;
    private static final int BATCHES = 2;

    /** Up to here a load needs no share of the memory. */
    private static final int FEW_BYTES = 1 << 17;

    private final BatchWriter writer;
    private final ImportLines changes;
    private final NdjsonLoadListener listener;
    private final int maxBadLines;
    private final LoadCheckpoint start;
    private List<ResourceWrite> batch = new ArrayList<>();
    private Set<ResourceKey> named = new HashSet<>();
    private boolean versioned = true;
    private boolean unversioned = true;
    private boolean repeated;
    private int size;
    private long lastLine;
    private long read;
    private long failed;

    /** @param writer has written the lines at which the load goes on */
    NdjsonLoad(BatchWriter writer, ImportLines changes, NdjsonLoadListener listener, int maxBadLines) {
        this.writer = writer;
        this.changes = changes;
        this.listener = listener;
        this.maxBadLines = maxBadLines;
        this.start = writer.reached();
    }

    /** What came before a fault of the stream, too many bad lines or a refusal is written, and told with the fault. */
    LoadSummary run(NdjsonReader lines, MemoryBudget.Claim memory) throws IOException {
        try {
            load(lines, memory);
            write();
            await();
        } catch (FhirException broken) {
            write();
            await();
            throw new FhirException(
                    broken.status(),
                    Stream.concat(broken.issues().stream(), Stream.of(before())).toList());
        } catch (IOException broken) {
            awaitAfter(broken);
            throw broken;
        }
        return summary();
    }

    private void load(NdjsonReader lines, MemoryBudget.Claim memory) throws IOException {
        while (lines.next()) {
            read++;
            ImportLines.Change change;
            try {
                change = changes.change(lines);
            } catch (RuntimeException e) { // nothing is written here, so it is the line's own fault
                badLine(new LineError(
                        lines.number(), String.valueOf(UnexpectedFault.of(e).getMessage())));
                continue;
            }
            if (lines.number() <= start.line()) {
                skip(lines.number(), change);
                continue;
            }
            add(lines.number(), change);
            if (size > FEW_BYTES) {
                memory.hold(BATCHES * BATCH_BYTES, 0);
            } else if (size == 0 && !writer.isWriting()) {
                memory.close();
            }
        }
    }

    /** What is being written when the stream breaks off is written, and counted. */
    private void awaitAfter(IOException broken) {
        try {
            await();
        } catch (IOException | RuntimeException e) {
            broken.addSuppressed(e);
        }
    }

    private LoadSummary summary() {
        return new LoadSummary(
                read, writer.reached().kinds(), failed, changes.references().counts());
    }

    private Issue before() {
        LoadSummary done = summary();
        return new Issue(
                Severity.INFORMATION,
                "informational",
                "Of the lines before that, " + done.written() + " are loaded and stay (" + done.created()
                        + " created, " + done.updated() + " updated, " + done.unchanged() + " unchanged), and "
                        + done.failed() + " are left out.");
    }

    private void badLine(LineError line) throws IOException {
        failed++;
        listener.badLine(line);
        if (failed > maxBadLines) {
            throw tooManyBadLines(line.number());
        }
    }

    /** The lines are not quoted, since this can become the failure of a job, which others than its owner see. */
    private FhirException tooManyBadLines(long lastLine) {
        return FhirException.of(
                400,
                "too-costly",
                "The load was given up at line " + lastLine + ": it has more than " + maxBadLines + " bad lines."
                        + " Correct the lines and load all again, or raise sluice.import.max-bad-lines.");
    }

    /** A line that an earlier try has written, or has left out because of what the store held then. */
    private void skip(long line, ImportLines.Change change) throws IOException {
        if (start.conflicted(line)) {
            for (ResourceWrite write : change.writes()) {
                if (write.origin() != null) {
                    badLine(BatchWriter.conflict(write, write.origin()));
                }
            }
        }
        if (read % BATCH_LINES == 0) {
            listener.progress();
        }
    }

    /** A batch ends with a whole line, since a repetition begins with one. The changes of a line are all versioned, or none. */
    private void add(long line, ImportLines.Change change) throws IOException {
        boolean origin = change.writes().stream().anyMatch(write -> write.origin() != null);
        boolean alike = origin ? versioned : unversioned;
        if (!alike && change.writes().stream().anyMatch(write -> named.contains(write.key()))) {
            write();
        }
        for (ResourceWrite write : change.writes()) {
            repeated |= !named.add(write.key());
            batch.add(write);
        }
        versioned &= origin;
        unversioned &= !origin;
        lastLine = line;
        size += change.size();
        if (size >= BATCH_BYTES || batch.size() >= BATCH_LINES || change.sharesBuffer()) {
            write();
        }
        if (change.sharesBuffer()) {
            await();
        }
    }

    private void write() throws IOException {
        await();
        listener.progress();
        if (!batch.isEmpty()) {
            List<ResourceWrite> writes = batch;
            if (repeated) { // the lines without a version keep their order
                writes.sort(ResourceWrite.IN_ORDER);
            }
            writer.write(writes, lastLine);
            batch = new ArrayList<>();
            named = new HashSet<>();
            versioned = true;
            unversioned = true;
            repeated = false;
            size = 0;
        }
    }

    private void await() throws IOException {
        List<LineError> conflicts;
        try {
            conflicts = writer.await();
        } catch (RuntimeException refused) {
            batch = new ArrayList<>(); // no line is written if one before it is not
            throw refused;
        }
        for (LineError conflict : conflicts) {
            badLine(conflict);
        }
    }
}
