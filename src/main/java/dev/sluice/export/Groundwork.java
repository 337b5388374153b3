package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.job.JobFailure;
import dev.sluice.store.Gathering;
import dev.sluice.store.History;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Finds, before an export's rows are looked at, what its queries rest on: its patients, and what belongs to it besides. It
 * stays the same until it is released.
 */
@Component
class Groundwork {
    private final Patients patients;
    private final Gatherer gatherer;
    private final ReferenceGatherer references;
    private final Gathering gathering;
    private final History history;

    Groundwork(
            Patients patients, Gatherer gatherer, ReferenceGatherer references, Gathering gathering, History history) {
        this.patients = patients;
        this.gatherer = gatherer;
        this.references = references;
        this.gathering = gathering;
        this.history = history;
    }

    /** Finds everything; doing it again gives the same. */
    void lay(UUID id, ExportJob job) throws JobFailure {
        if (job.transactionTime().isBefore(history.keptFrom())) {
            throw new JobFailure("The export shows " + job.transactionTime() + ", but versions are kept from "
                    + history.keptFrom() + " on. If the database was restored from a backup in between, this is"
                    + " expected; start the export again.");
        }
        patients.find(id, job);
        gatherer.gather(id, job);
    }

    /** What a client should know of the export, as far as its request and its patients tell. */
    List<Issue> warnings(ExportJob job) {
        return patients.warnings(job);
    }

    /** How many resources the export refers to and does not hold, by type, if it was asked to bring some. */
    Map<String, Long> dangling(UUID id, ExportJob job) {
        return references.dangling(id, job);
    }

    /** No more rows are read for the job: all that was found is forgotten, and old versions may be swept. */
    void release(UUID id) {
        patients.forget(id);
        gathering.clear(id);
        history.release(id);
    }
}
