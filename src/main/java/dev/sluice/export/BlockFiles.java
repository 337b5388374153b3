package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.ReferenceScan;
import dev.sluice.store.BlockRange;
import dev.sluice.store.BlockStage;
import dev.sluice.store.Blocks;
import dev.sluice.store.Cohorts;
import dev.sluice.store.Membership;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import dev.sluice.web.BaseUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Plans the files of an export that is organised by the instances of a type: which resource belongs to which block, and
 * which lines make a file.
 *
 * <p>To the block of a patient belongs what is in the compartment, and the Provenance about it; to that of the group that
 * is exported, everything; to any other block, what refers to the resource that the block is of. Filters are decided here, so that a unit writes
 * exactly the lines that are planned: what would be the header of an empty block, or a file that a block goes on in and
 * that is not there, cannot come up.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-organization">Bulk Data IG, file
 *     organization</a>
 */
@Component
class BlockFiles {
    private final Selection selection;
    private final Patients patients;
    private final Blocks blocks;
    private final RowStream rows;
    private final BaseUrl base;

    BlockFiles(Selection selection, Patients patients, Blocks blocks, RowStream rows, BaseUrl base) {
        this.selection = selection;
        this.patients = patients;
        this.blocks = blocks;
        this.rows = rows;
        this.base = base;
    }

    /**
     * The files, about as large as is said; the same at each call.
     *
     * @param by the type whose instances the blocks are of
     */
    @Transactional
    public List<FilePlan> plan(UUID id, ExportJob job, ResourceType by, long size) {
        if (!blocks.arePlanned(id)) {
            BlockStage stage = blocks.stage();
            for (RowQuery query : selection.resources(id, job)) {
                take(id, job, selection.rows(query, job), by, stage);
            }
            stage.analyze();
            selection.heads(id, job, by).forEach(heads -> each(heads, stage::addHeads));
            if (job.request().since() != null) {
                stage.addUnchangedHeads(by);
            }
            stage.number(by);
            blocks.choose(id, stage);
        }
        List<FilePlan> files = new ArrayList<>();
        for (BlockRange range : blocks.cut(id, size)) {
            files.add(new FilePlan(by.name(), FilePlan.Kind.BLOCKS, files.size() + 1, range.lines(), range.goesOn()));
        }
        return files;
    }

    private void take(UUID id, ExportJob job, Selection.Rows wanted, ResourceType by, BlockStage stage) {
        ResourceType type = wanted.query().type();
        long refused;
        if (by.equals(ResourceType.PATIENT)) {
            Membership members = patients.of(id, job, by, Cohorts.Part.MEMBERS);
            refused = each(wanted, part -> stage.addToPatients(part, members));
        } else if (by.equals(ResourceType.GROUP) && job.request().scope() instanceof ExportScope.GroupMembers group) {
            refused = each(wanted, part -> stage.addTo(group.id(), part));
        } else {
            BlockSearch search = new BlockSearch(new ReferenceScan(base.own(job.base())), by, type, stage);
            refused = filter(wanted, search);
            search.flush();
        }
        stage.refuse(type, refused);
    }

    /** Gives the rows that the filters take to the taker, all at once or in batches; returns how many they do not take. */
    private long each(Selection.Rows wanted, Consumer<BlockStage.Rows> taker) {
        if (wanted.filter().isEmpty()) {
            taker.accept(new BlockStage.Rows(wanted.query(), new long[0]));
            return 0;
        }
        KeyBatches batches = new KeyBatches(wanted.query(), taker);
        long refused = filter(wanted, batches);
        batches.flush();
        return refused;
    }

    /** Gives the rows that the filters take to the taker, one by one; returns how many they do not take. */
    private long filter(Selection.Rows wanted, RowStream.KeyedSink taker) {
        long[] taken = new long[1];
        RowFaults faults = new RowFaults();
        long read = rows.scan(wanted.query(), (key, id, buffer, offset, length) -> {
            if (faults.takes(wanted.filter(), buffer, offset, length)) {
                taken[0]++;
                taker.row(key, id, buffer, offset, length);
            }
        });
        return read - taken[0];
    }

    /** What a client should know of resources that are in no block. */
    List<Issue> issues(UUID id, ResourceType by) {
        List<Blocks.Count> counts = blocks.counts(id);
        List<Issue> issues = new ArrayList<>();
        leftOut(issues, counts, Blocks.Count::alone, " belong to no " + by + "'s block");
        leftOut(
                issues,
                counts,
                Blocks.Count::wide,
                " would each be repeated in more than " + BlockStage.MOST + " blocks");
        return issues;
    }

    private static void leftOut(
            List<Issue> issues, List<Blocks.Count> counts, ToLongFunction<Blocks.Count> number, String why) {
        List<Blocks.Count> some =
                counts.stream().filter(count -> number.applyAsLong(count) > 0).toList();
        if (!some.isEmpty()) {
            issues.add(new Issue(
                    Severity.WARNING,
                    "incomplete",
                    some.stream()
                                    .map(count -> number.applyAsLong(count) + " " + count.type())
                                    .collect(Collectors.joining(", "))
                            + why + ", and are left out. To get them, export without organizeOutputBy and with _type="
                            + some.stream().map(Blocks.Count::type).collect(Collectors.joining(",")) + "."));
        }
    }

    /** What became of the rows of each type. */
    List<Blocks.Count> counts(UUID id) {
        return blocks.counts(id);
    }

    /** Forgets the lines. */
    void forget(UUID id) {
        blocks.clear(id);
    }
}
