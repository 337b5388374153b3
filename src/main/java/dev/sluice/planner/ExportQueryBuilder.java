package dev.sluice.planner;

import dev.sluice.filter.FilterCompiler;
import dev.sluice.r4.OwnBases;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.store.RowRanges;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Builds the queries of an export that is planned or estimated. */
@Component
class ExportQueryBuilder {
    private final RowRanges ranges;
    private final CohortResolver cohorts;
    private final FilterCompiler filters;
    private final PatientCompartment compartment;
    private final OwnBases.Source source;

    ExportQueryBuilder(
            RowRanges ranges,
            CohortResolver cohorts,
            FilterCompiler filters,
            PatientCompartment compartment,
            OwnBases.Source source) {
        this.ranges = ranges;
        this.cohorts = cohorts;
        this.filters = filters;
        this.compartment = compartment;
        this.source = source;
    }

    /** A 404 problem if the group of an export does not exist. */
    void require(ExportScope scope) {
        cohorts.require(scope);
    }

    /** The queries of an export; its cohort is recorded under this id. */
    ExportQueries build(UUID id, ExportJob job) {
        OwnBases bases = source.own(job.base());
        return new ExportQueries(
                job,
                cohorts.resolve(id, job, bases),
                filters.compile(job.request().values(ExportParameter.TYPE_FILTER), job.transactionTime(), bases),
                compartment,
                ranges.usedTypes());
    }
}
