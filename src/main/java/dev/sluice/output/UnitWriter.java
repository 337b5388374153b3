package dev.sluice.output;

import dev.sluice.blob.BlobBatch;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.BlobWriter;
import dev.sluice.deid.Deidentifier;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.CompiledFilters;
import dev.sluice.filter.ElementsProjection;
import dev.sluice.filter.FilterCompiler;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.filter.RowIssues;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.MemoryBudget.Claim;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.FilterCost;
import dev.sluice.plan.OrganizedOutput;
import dev.sluice.plan.PlannedFile;
import dev.sluice.plan.PlannedFile.Content;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.plan.TypeScan;
import dev.sluice.r4.OwnBases;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of a unit: the rows of each, in order, into one blob. The files become visible together when all of
 * them are complete. Safe for use by any number of threads, each with its own unit.
 */
public final class UnitWriter {
    /** How long a wait for memory keeps its place among others before it checks whether the unit may go on. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    /** A large resource is in memory once as it is stored, and once as it is written. */
    private static final int DEIDENTIFIED_COPIES = 2;

    /** A page of a table holds it once more, and its compressed form. */
    private static final int TABLE_COPIES = 2;

    private final RowStream rows;
    private final FilterCompiler filters;
    private final BlobStore blobs;
    private final MemoryBudget memory;

    public UnitWriter(RowStream rows, FilterCompiler filters, BlobStore blobs, MemoryBudget memory) {
        this.rows = rows;
        this.filters = filters;
        this.blobs = blobs;
        this.memory = memory;
    }

    /** A writer that needs only a database and a storage. */
    public static UnitWriter of(DataSource source, BlobStore blobs) {
        return new UnitWriter(new RowStream(source), FilterCompiler.of(source), blobs, MemoryBudget.forThisMachine());
    }

    /** The same writer, but one that takes the rows of units from here. What filters look up comes from where it did. */
    public UnitWriter reading(RowStream other) {
        return new UnitWriter(other, filters, blobs, memory);
    }

    /**
     * Writes a unit and returns what it made.
     *
     * @param deidentifier changes each resource; null if and only if the plan is not of a de-identified export
     * @throws SnapshotLostException if the rows are not those that were planned
     * @throws java.util.concurrent.CancellationException if the unit has to stop
     */
    public UnitResult write(
            ExportPlan plan, PlannedUnit unit, @Nullable Deidentifier deidentifier, UnitControl control) {
        if (plan.deidentified() != (deidentifier != null)) {
            throw new IllegalStateException("A de-identified export is written with its rules, and no other one is.");
        }
        try (BlobBatch batch = blobs.batch()) {
            UnitResult result = new Writing(plan, batch, deidentifier, control).write(unit);
            batch.commit(control::checkLease);
            return result;
        }
    }

    /** One unit while it is written. */
    private final class Writing {
        private final ExportPlan plan;
        private final BlobBatch batch;
        private final UnitControl control;
        private final @Nullable UnitDeidentifier deidentifier;
        private final RowIssues issues = new RowIssues();
        private final List<Issue> deletionIssues = new ArrayList<>();
        private final Map<ResourceType, CompiledFilters> compiled = new HashMap<>();
        private final Map<String, UnitView> views = new HashMap<>();

        Writing(ExportPlan plan, BlobBatch batch, @Nullable Deidentifier deidentifier, UnitControl control) {
            this.plan = plan;
            this.batch = batch;
            this.control = control;
            this.deidentifier = deidentifier == null ? null : new UnitDeidentifier(deidentifier);
        }

        UnitResult write(PlannedUnit unit) {
            List<EndedFile> output = new ArrayList<>();
            List<EndedFile> deleted = new ArrayList<>();
            long before = 0;
            long read = 0;
            Map<String, FilterCost> costs = new TreeMap<>();
            for (PlannedFile file : unit.files()) {
                Optional<EndedFile> ended = write(file, before);
                ended.ifPresent((file.content() == Content.DELETIONS ? deleted : output)::add);
                before += file.range().bytes();
                if (isCounted(file)) {
                    read += file.range().rows(); // read() has checked that this number was read
                }
                if (file.content() == Content.RESOURCES) {
                    long kept = ended.map(EndedFile::lines).orElse(0L);
                    costs.merge(file.type().name(), new FilterCost(file.range().rows(), kept), FilterCost::plus);
                }
            }
            List<Issue> all = issues(unit);
            List<ExportedFile> error =
                    all.isEmpty() ? List.of() : List.of(OutcomeFile.write(batch, plan, unit.errorFile(), all));
            return new UnitResult(
                    EndedFile.exported(output),
                    EndedFile.exported(deleted),
                    error,
                    read,
                    costs,
                    deidentifier == null ? Map.of() : deidentifier.counts());
        }

        /** The rows of organised lines were counted before, and several views read the same rows. */
        private boolean isCounted(PlannedFile file) {
            return file.content() != Content.ORGANIZED
                    && (file.view() == null
                            || Objects.requireNonNull(plan.views()).isFirst(file.view()));
        }

        private List<Issue> issues(PlannedUnit unit) {
            Set<Issue> ofRows = new LinkedHashSet<>(issues.issues());
            compiled.values().forEach(filters -> ofRows.addAll(filters.issues()));
            Set<Issue> all = new LinkedHashSet<>(unit.issues());
            all.addAll(deidentifier == null ? ofRows : RowIssues.withoutNames(ofRows));
            all.addAll(deletionIssues);
            return List.copyOf(all);
        }

        /** Writes one file; writes none if no row matches its filters. */
        private Optional<EndedFile> write(PlannedFile file, long before) {
            boolean table = plan.hasTables();
            BlobStore.Encoding encoding = table ? BlobStore.Encoding.IDENTITY : plan.encoding();
            try (BlobBatch.BatchWriter blob = batch.create(plan.location().file(file.name()), encoding);
                    LineTarget target = target(file, blob)) {
                LineWriter lines = new LineWriter(target, control, issues, deidentifier, before);
                if (target instanceof TableTarget rows) {
                    read(file, rows, lines);
                } else {
                    read(file, lines);
                }
                if (lines.lines() == 0) {
                    return Optional.empty();
                }
                target.finish();
                return Optional.of(new EndedFile(file, table, lines.lines(), blob.end(), target.statistics()));
            }
        }

        private LineTarget target(PlannedFile file, BlobWriter blob) {
            if (file.content() == Content.VIEW) {
                return view(file).target(blob);
            }
            return plan.format().isTable() ? new TableTarget(blob) : new NdjsonTarget(blob);
        }

        /** Reads the rows of a file and writes a table. */
        private void read(PlannedFile file, TableTarget table, LineWriter lines) {
            TypeScan scan = plan.scan(file.type());
            if (file.content() == Content.DELETIONS) {
                DeletedRowWriter writer = new DeletedRowWriter(file.type(), table, lines);
                read(file, Objects.requireNonNull(scan.deletions()), writer);
                deletionIssues.addAll(writer.issues());
                return;
            }
            TableFileWriter writer = new TableFileWriter(filter(scan), projection(scan), table, lines);
            read(file, () -> rows.readWithPatients(scan.resources(), file.range(), writer, control::onCancel));
        }

        /** Reads the rows of a file and writes its lines. */
        private void read(PlannedFile file, LineWriter lines) {
            switch (file.content()) {
                case ORGANIZED -> {
                    OrganizedOutput organized = Objects.requireNonNull(plan.organized());
                    OrganizedFileWriter writer = new OrganizedFileWriter(organized.by(), elements(), lines);
                    List<RowQuery> queries =
                            plan.scans().stream().map(TypeScan::resources).toList();
                    read(file, () -> rows.read(organized.table(), queries, file.range(), writer, control::onCancel));
                }
                case RESOURCES -> {
                    TypeScan scan = plan.scan(file.type());
                    read(file, scan.resources(), new NdjsonFileWriter(filter(scan), projection(scan), lines));
                }
                case VIEW -> {
                    TypeScan scan = plan.scan(file.type());
                    read(file, scan.resources(), new ViewFileWriter(filter(scan), view(file), lines));
                }
                case DELETIONS -> {
                    DeletedBundleWriter writer = new DeletedBundleWriter(file.type(), lines);
                    read(file, Objects.requireNonNull(plan.scan(file.type()).deletions()), writer);
                    writer.finish();
                    deletionIssues.addAll(writer.issues());
                }
            }
        }

        private UnitView view(PlannedFile file) {
            return views.computeIfAbsent(
                    Objects.requireNonNull(file.view()),
                    name -> UnitView.of(
                            Objects.requireNonNull(plan.views()),
                            name,
                            OwnBases.of(plan.ownBases()),
                            control,
                            memory.turn()));
        }

        private void read(PlannedFile file, RowQuery query, RowStream.Sink sink) {
            read(file, () -> rows.read(query, file.range(), sink, control::onCancel));
        }

        /** Checks that the rows that were read are those of the snapshot; any difference would be a silent gap. */
        private void read(PlannedFile file, LongSupplier reading) {
            long read;
            int copies = (deidentifier == null ? 1 : DEIDENTIFIED_COPIES) + (plan.hasTables() ? TABLE_COPIES : 0);
            try (Claim claim = memory.claim()) {
                control.throttle(
                        "other large resources",
                        () -> claim.tryHold(copies * file.range().largest(), LONGEST_WAIT));
                control.beginRead();
                try {
                    read = reading.getAsLong();
                } finally {
                    control.endRead();
                }
            }
            if (read != file.range().rows()) {
                throw SnapshotLostException.of(file.range().rows(), " for " + file.name(), read);
            }
        }

        private ResourceFilter filter(TypeScan scan) {
            return compiled.computeIfAbsent(
                            scan.type(),
                            type -> filters.compile(scan.filters(), plan.asOf(), OwnBases.of(plan.ownBases())))
                    .of(scan.type());
        }

        private Map<String, ElementsProjection> elements() {
            Map<String, ElementsProjection> elements = new HashMap<>();
            for (TypeScan scan : plan.scans()) {
                ElementsProjection projection = projection(scan);
                if (projection != null) {
                    elements.put(scan.type().name(), projection);
                }
            }
            return elements;
        }

        private @Nullable ElementsProjection projection(TypeScan scan) {
            return scan.properties() == null ? null : new ElementsProjection(scan.properties());
        }
    }
}
