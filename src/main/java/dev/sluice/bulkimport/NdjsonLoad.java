package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.ingest.ResourceWriter;
import dev.sluice.ingest.UnexpectedFault;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.NdjsonReader;
import dev.sluice.store.ResourceWrite;
import dev.sluice.store.WriteResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One load: reads and checks the next batch on this thread while the one before it is written on another.
 *
 * <p>At most two batches are in memory. A batch ends at about 4 MB or 2,000 changes. If a batch repeats a resource and
 * the versions of its lines are known, it is sorted by version. If they are known for some lines only, the batch ends
 * before the line that repeats. While a large
 * resource is written, no further line is read, because the resource is in the reader's buffer.
 */
final class NdjsonLoad {
    private static final int BATCH_BYTES = 4 << 20;
    private static final int BATCH_LINES = 2_000;
    private static final int BATCHES = 2;

    /** Up to here a load needs no share of the memory. */
    private static final int FEW_BYTES = 1 << 17;

    /** The number of bad lines that are reported if a load is given up; the first ones mostly say what is wrong with all. */
    private static final int REPORTED = 5;

    private final ResourceWriter writer;
    private final ExecutorService executor;
    private final ImportLines changes;
    private final NdjsonLoadListener listener;
    private final int maxBadLines;
    private List<ResourceWrite> batch = new ArrayList<>();
    private Set<ResourceKey> named = new HashSet<>();
    private boolean versioned = true;
    private boolean unversioned = true;
    private boolean repeated;
    private int size;
    private List<ResourceWrite> inWriting = List.of();
    private @Nullable Future<List<WriteResult>> written;
    private long read;
    private final Map<WriteResult.Kind, Long> kinds = new EnumMap<>(WriteResult.Kind.class);
    private final List<LineError> firstBadLines = new ArrayList<>();
    private long failed;

    NdjsonLoad(
            ResourceWriter writer,
            ExecutorService executor,
            ImportLines changes,
            NdjsonLoadListener listener,
            int maxBadLines) {
        this.writer = writer;
        this.executor = executor;
        this.changes = changes;
        this.listener = listener;
        this.maxBadLines = maxBadLines;
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
            add(change);
            if (size > FEW_BYTES) {
                memory.hold(BATCHES * BATCH_BYTES, 0);
            } else if (size == 0 && written == null) {
                memory.close();
            }
        }
    }

    private LoadSummary summary() {
        return new LoadSummary(read, kinds, failed, changes.references().counts());
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
        if (firstBadLines.size() < REPORTED) {
            firstBadLines.add(line);
        }
        if (failed > maxBadLines) {
            throw tooManyBadLines(line.number());
        }
    }

    private FhirException tooManyBadLines(long lastLine) {
        Issue issue = Issue.error(
                "too-costly",
                "The load was given up at line " + lastLine + ": it has more than " + maxBadLines + " bad lines."
                        + " Correct the lines and load all again, or"
                        + " raise sluice.import.max-bad-lines. The first bad lines follow.");
        Stream<Issue> lines = firstBadLines.stream().map(LineError::issue);
        return new FhirException(400, Stream.concat(Stream.of(issue), lines).toList());
    }

    private void add(ImportLines.Change change) throws IOException {
        for (ResourceWrite write : change.writes()) {
            boolean again = !named.add(write.key());
            boolean alike = write.origin() == null ? unversioned : versioned;
            if (again && !alike) {
                write();
                named.add(write.key());
                again = false;
            }
            repeated |= again;
            versioned &= write.origin() != null;
            unversioned &= write.origin() == null;
            batch.add(write);
        }
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
            inWriting = writes;
            written = executor.submit(() -> writer.write(writes));
            batch = new ArrayList<>();
            named = new HashSet<>();
            versioned = true;
            unversioned = true;
            repeated = false;
            size = 0;
        }
    }

    private void await() throws IOException {
        if (written == null) {
            return;
        }
        Future<List<WriteResult>> writing = written;
        written = null;
        try {
            List<WriteResult> outcomes = writing.get();
            outcomes.forEach(outcome -> kinds.merge(outcome.kind(), 1L, Long::sum));
            listener.written(outcomes.stream()
                    .filter(outcome -> outcome.kind() != WriteResult.Kind.CONFLICT)
                    .count());
            List<ResourceWrite> writes = inWriting;
            inWriting = List.of(); // they may hold a large buffer, and the next line may need another one
            tellConflicts(writes, outcomes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the load was interrupted");
        } catch (ExecutionException e) {
            batch = new ArrayList<>(); // no line is written if one before it is not
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void tellConflicts(List<ResourceWrite> writes, List<WriteResult> outcomes) throws IOException {
        for (int i = 0; i < outcomes.size(); i++) {
            ResourceWrite.Origin line = writes.get(i).origin();
            if (outcomes.get(i).kind() == WriteResult.Kind.CONFLICT && line != null) {
                badLine(new LineError(
                        line.line(),
                        "Version " + line.versionId() + " of " + writes.get(i).key()
                                + " is stored already with other content, and not this line's. If the line is newer,"
                                + " give it a later lastUpdated or the next versionId."));
            }
        }
    }
}
