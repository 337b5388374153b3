package dev.sluice.planner;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.filter.RowIssues;
import dev.sluice.plan.FilterCost;
import dev.sluice.plan.OrganizedOutput;
import dev.sluice.r4.ReferenceExtractor;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowScope;
import dev.sluice.store.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Plans the files of an export that is organised by the instances of a type: the block of each resource, and the lines
 * of each file.
 *
 * <p>The block of a patient contains the compartment and the Provenance about it. The block of the exported group
 * contains all resources. Any other block contains the resources that refer to the resource at its head. Filters are
 * applied here, so that a unit writes exactly the planned lines: no empty block has a header, and every file that
 * continues a block exists.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-organization">Bulk Data IG, file
 *     organization</a>
 */
@Component
class OrganizedFilePlanner {
    private static final int BATCH = 10_000;

    private final OrganizedLines organizedLines;
    private final RowStream rows;

    OrganizedFilePlanner(OrganizedLines organizedLines, RowStream rows) {
        this.organizedLines = organizedLines;
        this.rows = rows;
    }

    /**
     * What was planned.
     *
     * @param output the lines, and the cost of the filters
     * @param ranges the lines of each file
     * @param issues warnings about resources that are in no block
     */
    record PlannedLines(OrganizedOutput output, List<OrganizedLines.FileRange> ranges, List<Issue> issues) {}

    /**
     * Plans the lines of an export.
     *
     * @param attempt identifies the rows that were found one by one; null = none
     * @param issues takes issues of the resources that are read
     * @param size the approximate size of a file in bytes
     */
    @Transactional
    public PlannedLines plan(UUID id, ExportQueries queries, @Nullable UUID attempt, RowIssues issues, long size) {
        ResourceType by = Objects.requireNonNull(queries.job().organizeBy());
        OrganizedStaging stage = organizedLines.stage();
        for (ResourceType type : queries.types()) {
            RowQuery query = queries.exported(type, RowQuery.RowContent.RESOURCES, attempt);
            new RowStaging(queries, stage, issues).add(query, by);
        }
        stage.analyze();
        for (RowQuery heads : queries.withoutSince(by, attempt)) {
            new RowStaging(queries, stage, issues).each(heads, stage::addHeads);
        }
        if (queries.job().request().time(ExportParameter.SINCE) != null) {
            stage.addUnchangedHeads(by);
        }
        stage.number(by);
        organizedLines.record(id, stage);
        List<OrganizedLines.Count> counts = organizedLines.counts(stage.attempt());
        Map<String, FilterCost> costs = new TreeMap<>();
        counts.forEach(count -> costs.put(count.type(), new FilterCost(count.read(), count.kept())));
        return new PlannedLines(
                new OrganizedOutput(by, stage.attempt(), costs),
                organizedLines.cut(stage.attempt(), size),
                leftOut(counts, by));
    }

    /** Adds the rows of queries to the staging tables, with the filters of their types. */
    private final class RowStaging {
        private final ExportQueries queries;
        private final OrganizedStaging stage;
        private final RowIssues issues;

        RowStaging(ExportQueries queries, OrganizedStaging stage, RowIssues issues) {
            this.queries = queries;
            this.stage = stage;
            this.issues = issues;
        }

        void add(RowQuery query, ResourceType by) {
            ExportJob job = queries.job();
            long refused;
            if (by.equals(ResourceType.PATIENT)) {
                RowScope members = queries.cohort().of(by).members();
                refused = each(query, part -> stage.addToPatients(part, members));
            } else if (by.equals(ResourceType.GROUP) && job.request().scope() instanceof ExportScope.GroupMembers it) {
                refused = each(query, part -> stage.addTo(it.id(), part));
            } else {
                ReferenceExtractor references = new ReferenceExtractor(queries.bases());
                OrganizedReferenceFinder search = new OrganizedReferenceFinder(references, by, query.type(), stage);
                refused = filter(query, search);
                search.flush();
            }
            stage.refuse(query.type(), refused);
        }

        /**
         * Passes the rows that the filters accept to the receiver, all at once or in batches; returns the number of
         * rejected rows.
         */
        long each(RowQuery query, Consumer<OrganizedStaging.Rows> receiver) {
            if (!queries.filters().types().contains(query.type())) {
                receiver.accept(new OrganizedStaging.Rows(query, List.of()));
                return 0;
            }
            List<Long> keys = new ArrayList<>();
            long refused = filter(query, (key, id, buffer, offset, length) -> {
                keys.add(key);
                if (keys.size() == BATCH) {
                    receiver.accept(new OrganizedStaging.Rows(query, keys));
                    keys.clear();
                }
            });
            if (!keys.isEmpty()) {
                receiver.accept(new OrganizedStaging.Rows(query, keys));
            }
            return refused;
        }

        /** Passes the rows that the filters accept to the receiver, one by one; returns the number of rejected rows. */
        private long filter(RowQuery query, RowStream.KeyedSink receiver) {
            ResourceFilter filter = queries.filters().of(query.type());
            long[] taken = new long[1];
            long read = rows.scan(query, (key, id, buffer, offset, length) -> {
                if (issues.matches(filter, buffer, offset, length)) {
                    taken[0]++;
                    receiver.row(key, id, buffer, offset, length);
                }
            });
            return read - taken[0];
        }
    }

    private static List<Issue> leftOut(List<OrganizedLines.Count> counts, ResourceType by) {
        List<Issue> issues = new ArrayList<>();
        leftOut(issues, counts, OrganizedLines.Count::inNoBlock, " belong to no " + by + "'s block");
        leftOut(
                issues,
                counts,
                OrganizedLines.Count::inTooMany,
                " would each be repeated in more than " + OrganizedStaging.MOST + " blocks");
        return issues;
    }

    private static void leftOut(
            List<Issue> issues,
            List<OrganizedLines.Count> counts,
            ToLongFunction<OrganizedLines.Count> number,
            String why) {
        List<OrganizedLines.Count> some =
                counts.stream().filter(count -> number.applyAsLong(count) > 0).toList();
        if (!some.isEmpty()) {
            issues.add(new Issue(
                    Severity.WARNING,
                    "incomplete",
                    some.stream()
                                    .map(count -> number.applyAsLong(count) + " " + count.type())
                                    .collect(Collectors.joining(", "))
                            + why + ", and are left out. To get them, export without organizeOutputBy and with _type="
                            + some.stream().map(OrganizedLines.Count::type).collect(Collectors.joining(",")) + "."));
        }
    }
}
