package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.ingest.ResourceIntake.Prepared;
import dev.sluice.search.OwnBases;
import dev.sluice.store.Draft;
import dev.sluice.store.WriteOutcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One load: reads and checks the next batch on this thread while the one before it is written on another.
 *
 * <p>So at most two batches are in memory. A batch ends at about 4 MB or 2,000 lines, or before a line whose resource it
 * has already: the last line of a resource wins. Nothing is read while a large resource is
 * written: it lies in the reader's buffer.
 */
final class Load {
    private static final int BATCH_BYTES = 4 << 20;
    private static final int BATCH_LINES = 2_000;

    private final ResourceIntake intake;
    private final ExecutorService writer;
    private final @Nullable ResourceType only;
    private final UnresolvedReferences references;
    private List<Draft> batch = new ArrayList<>();
    private Set<ResourceKey> named = new HashSet<>();
    private int size;
    private @Nullable Future<List<WriteOutcome>> written;
    private final BadLineLimit badLines;
    private Summary summary = Summary.NOTHING;

    Load(
            ResourceIntake intake,
            ExecutorService writer,
            @Nullable ResourceType only,
            BadLineLimit badLines,
            OwnBases bases) {
        this.intake = intake;
        this.writer = writer;
        this.only = only;
        this.badLines = badLines;
        this.references = new UnresolvedReferences(bases);
    }

    Summary run(NdjsonReader lines) throws IOException {
        while (next(lines)) {
            Prepared resource;
            try {
                resource = check(lines);
            } catch (RuntimeException e) { // nothing is written here, so it is the line's own fault
                summary = summary.plusFailed();
                badLine(new BadLine(
                        lines.number(), String.valueOf(Unforeseen.of(e).getMessage())));
                continue;
            }
            add(resource);
        }
        write();
        await();
        return summary.with(references.counts());
    }

    /** What came before a stream breaks is written, and told with the break. */
    private boolean next(NdjsonReader lines) throws IOException {
        try {
            return lines.next();
        } catch (FhirProblem broken) {
            write();
            await();
            Issue before = new Issue(
                    Severity.INFORMATION,
                    "informational",
                    "Of the lines before that, " + summary.loaded() + " are loaded and stay (" + summary.created()
                            + " created, " + summary.updated() + " updated, " + summary.unchanged()
                            + " unchanged), and " + summary.failed() + " are left out.");
            throw new FhirProblem(
                    broken.status(),
                    Stream.concat(broken.issues().stream(), Stream.of(before)).toList());
        }
    }

    private Prepared check(NdjsonReader lines) {
        if (lines.tooLong()) {
            throw ResourceJson.tooLarge();
        }
        ResourceJson json = ResourceJson.parse(lines.buffer(), lines.offset(), lines.length());
        if (only != null && !json.type().equals(only)) {
            throw FhirProblem.invalid("The resource is of type " + json.type() + ", but the file was announced to hold "
                    + only + " only.");
        }
        String id = json.key().id();
        references.add(lines.buffer(), lines.offset(), lines.length()); // before a large one is made a line in place
        return intake.prepareLine(json, id, references.bases());
    }

    private void badLine(BadLine line) throws IOException {
        if (badLines.add(line)) {
            write();
            await();
            throw badLines.problem(line.number(), summary.loaded());
        }
    }

    private void add(Prepared resource) throws IOException {
        if (named.contains(resource.key())) {
            write();
        }
        batch.add(resource.draft());
        named.add(resource.key());
        size += resource.size();
        if (size >= BATCH_BYTES || batch.size() >= BATCH_LINES || resource.borrowed()) {
            write();
        }
        if (resource.borrowed()) {
            await();
        }
    }

    private void write() throws IOException {
        await();
        badLines.listener().progress();
        if (!batch.isEmpty()) {
            List<Draft> drafts = batch;
            written = writer.submit(() -> intake.write(drafts));
            batch = new ArrayList<>();
            named = new HashSet<>();
            size = 0;
        }
    }

    private void await() throws IOException {
        if (written == null) {
            return;
        }
        try {
            summary = summary.plus(written.get());
            written = null;
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
}
