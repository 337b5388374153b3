package dev.sluice.bulkimport;

import dev.sluice.ingest.RequestBody;
import dev.sluice.ingest.ResourceWriter;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.NdjsonReader;
import dev.sluice.r4.OwnBases;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Loads NDJSON into the store: one resource per line, each with its own id.
 *
 * <p>A line that is not a resource is skipped and reported; the other lines are loaded. Loading the same lines again
 * changes nothing. Lines that were loaded before an error of the database or of the stream are kept. Safe for use by
 * any number of threads; a load takes some 20 MB of memory, more only for a resource that is larger itself.
 */
@Component
public class NdjsonLoader {
    private static final Logger log = LoggerFactory.getLogger(NdjsonLoader.class);

    private final ResourceWriter writer;
    private final MemoryBudget bodies;
    private final ImportSettings settings;
    private final Counter rows;
    private final Counter badLines;

    NdjsonLoader(ResourceWriter writer, MemoryBudget bodies, ImportSettings settings, MeterRegistry meters) {
        this.writer = writer;
        this.bodies = bodies;
        this.settings = settings;
        this.rows = Counter.builder("sluice.import.rows")
                .description("Versions that imports have written, or have found in the store")
                .register(meters);
        this.badLines = Counter.builder("sluice.import.bad.lines")
                .description("Lines that imports have left out")
                .register(meters);
    }

    /**
     * Loads a stream to its end, and logs the lines that are left out. Content compressed by gzip is decompressed. The stream is
     * the caller's to close.
     */
    public void load(InputStream ndjson) throws IOException {
        LoadSummary summary = load(
                ndjson,
                new LoadOptions(null, ImportMeta.ASSIGN, OwnBases.NONE, true),
                LoadCheckpoint.start(""),
                line -> log.warn("{}", line));
        log.info("Resources that are loaded: {}; lines that are left out: {}.", summary.loaded(), summary.failed());
    }

    /**
     * Loads a stream to its end.
     *
     * @param start where to go on: lines up to there are read and counted, but not written again
     * @throws dev.sluice.fhir.FhirException 503 if a line is large and there is no memory for it now; 400 if there are too
     *     many bad lines
     */
    LoadSummary load(InputStream ndjson, LoadOptions options, LoadCheckpoint start, NdjsonLoadListener listener)
            throws IOException {
        ExecutorService executor = Executors.newSingleThreadExecutor(
                task -> new Thread(task, Thread.currentThread().getName() + "-writer"));
        try (MemoryBudget.Claim line = bodies.claim();
                MemoryBudget.Claim memory = bodies.claim()) {
            ImportMeta mode = settings.meta() == null ? options.usual() : settings.meta();
            UnresolvedReferences references = new UnresolvedReferences(options.bases());
            ImportLines changes = new ImportLines(writer, options.only(), mode, references, options.deletions());
            NdjsonLoadListener counting = new Counting(listener);
            BatchWriter batches = new BatchWriter(writer, executor, start, counting);
            return new NdjsonLoad(batches, changes, counting, settings.maxBadLines())
                    .run(new NdjsonReader(RequestBody.open(ndjson), line), memory);
        } finally {
            executor.shutdown(); // what was handed over is still written
        }
    }

    /** Counts what a load reports. */
    private final class Counting implements NdjsonLoadListener {
        private final NdjsonLoadListener listener;

        Counting(NdjsonLoadListener listener) {
            this.listener = listener;
        }

        @Override
        public void badLine(LineError line) {
            badLines.increment();
            listener.badLine(line);
        }

        @Override
        public void written(long versions) {
            rows.increment((double) versions);
            listener.written(versions);
        }

        @Override
        public void reached(LoadCheckpoint checkpoint) {
            listener.reached(checkpoint);
        }

        @Override
        public void progress() {
            listener.progress();
        }
    }
}
