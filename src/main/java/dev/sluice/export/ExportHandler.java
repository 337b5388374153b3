package dev.sluice.export;

import dev.sluice.blob.BlobBatch;
import dev.sluice.deid.DeidentificationException;
import dev.sluice.delta.CommitRefusedException;
import dev.sluice.delta.TableVersion;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.job.Job;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.job.OutdatedPlanException;
import dev.sluice.job.UnitContext;
import dev.sluice.monitor.JobDescriber;
import dev.sluice.monitor.JobDescription;
import dev.sluice.output.ExportedFile;
import dev.sluice.output.UnitResult;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.OrganizedOutput;
import dev.sluice.plan.PlannedFile;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.plan.ViewOutput;
import dev.sluice.planner.ExportCompletion;
import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportPlanner;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.commons.lang3.Strings;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Runs an export as a job: plans its files, writes the files of each unit, lists them in the manifest, and deletes them
 * when the job expires or is cancelled.
 */
@Component
class ExportHandler implements JobHandler, JobDescriber {
    static final String KIND = "export";

    /** The parameters whose values are no data of patients. */
    private static final Set<ExportParameter> WITHOUT_DATA = Set.of(
            ExportParameter.TYPE,
            ExportParameter.SINCE,
            ExportParameter.UNTIL,
            ExportParameter.CONTAINER,
            ExportParameter.ELEMENTS,
            ExportParameter.ANONYMIZATION_CONFIG,
            ExportParameter.INCLUDE_ASSOCIATED_DATA,
            ExportParameter.INCLUDE_REFERENCED);

    private final ExportPlanning planning;
    private final ExportUnits units;
    private final ExportCompletion completion;
    private final OutputLocations locations;
    private final DeidentifiedExports rules;

    ExportHandler(
            ExportPlanning planning,
            ExportUnits units,
            ExportCompletion completion,
            OutputLocations locations,
            DeidentifiedExports rules) {
        this.planning = planning;
        this.units = units;
        this.completion = completion;
        this.locations = locations;
        this.rules = rules;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Plan plan(Job job) throws Exception {
        ExportJob export = ExportJob.of(job.id(), job.payload());
        ExportPlanner.PlannedExport planned = connected(planning.connections(export), () -> planning.plan(job, export));
        locations.requireRoom(planned);
        return new Plan(
                planned.plan().text(),
                planned.units().stream()
                        .map(unit -> new Unit(unit.text(), unit.bytes(), parts(unit)))
                        .toList());
    }

    private static Map<String, Part> parts(PlannedUnit unit) {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (PlannedFile file : unit.files()) {
            String type = file.type()
                    + switch (file.content()) {
                        case RESOURCES -> "";
                        case DELETIONS -> " (deleted)";
                        case ORGANIZED -> " (organised)";
                        case VIEW -> " (view " + file.view() + ")";
                    };
            parts.merge(type, new Part(file.range().bytes(), file.range().rows()), Part::plus);
        }
        return parts;
    }

    @Override
    public String run(Job job, String plan, String unit, UnitContext context) throws Exception {
        ExportPlan export = read(plan);
        UnitResult result = checked(() -> units.write(job.id(), export, PlannedUnit.of(unit), context));
        context.notifyProgress();
        context.written(Stream.of(result.output(), result.deleted())
                .flatMap(List::stream)
                .mapToLong(ExportedFile::count)
                .sum());
        return result.text();
    }

    @Override
    public String finish(Job job, String plan, List<String> results, Runnable checkLease) throws Exception {
        ExportPlan export = read(plan);
        UnitResult units = UnitResult.of(results);
        if (!export.location().hasTables()) {
            return connected(
                    1, () -> finish(job, export, units, null, () -> requireAllRead(export, units), checkLease));
        }
        connected(1, () -> {
            requireAllRead(export, units);
            return true;
        });
        List<TableVersion> versions = checked(() -> locations.commit(job, export, units, checkLease));
        return connected(1, () -> finish(job, export, units, versions, () -> {}, checkLease));
    }

    /** Runs a step that takes this number of connections. */
    private <T> T connected(int connections, Callable<T> step) throws Exception {
        return checked(() -> units.connected(connections, step));
    }

    private void requireAllRead(ExportPlan plan, UnitResult units) {
        OrganizedOutput organized = plan.organized();
        completion.requireAllRead(plan, units.rows() + (organized == null ? 0 : organized.rows()));
    }

    private String finish(
            Job job,
            ExportPlan plan,
            UnitResult units,
            @Nullable List<TableVersion> versions,
            Runnable check,
            Runnable checkLease) {
        return locations
                .storeManifest(job, batch -> withReport(job, plan, units, versions, batch), check, checkLease)
                .text();
    }

    private ExportResult withReport(
            Job job, ExportPlan plan, UnitResult units, @Nullable List<TableVersion> versions, BlobBatch batch) {
        ExportResult result = ExportResult.of(plan, units, versions);
        return plan.deidentified()
                ? result.withError(rules.writeReport(job.id(), plan, units.ruleCounts(), batch))
                : result;
    }

    @Override
    public void release(Job job) {
        completion.release(job.id());
        rules.delete(job.id());
    }

    @Override
    public void erase(Job job) {
        release(job);
        locations.erase(job);
    }

    @Override
    public void eraseOutdated(Job job, Runnable checkLease) throws Exception {
        checked(() -> {
            locations.eraseUnfinished(job, checkLease);
            return true;
        });
    }

    @Override
    public void deleteWorkingRows(Job job) {
        completion.deleteWorkingRows(job.id());
    }

    @Override
    public Optional<JobDescription> describe(UUID job, String payload, @Nullable String output) {
        try {
            return Optional.of(described(ExportJob.of(job, payload)));
        } catch (FhirException e) {
            return Optional.empty();
        }
    }

    private static JobDescription described(ExportJob job) {
        ExportRequest request = job.request();
        Map<String, List<String>> parameters = new TreeMap<>();
        Set<String> confidential = new TreeSet<>();
        request.parameters().forEach((parameter, values) -> {
            parameters.put(parameter.toString(), values);
            if (!WITHOUT_DATA.contains(parameter)) {
                confidential.add(parameter.toString());
            }
        });
        Set<String> types = ExportContent.of(request).types();
        Instant since = request.time(ExportParameter.SINCE);
        String text = request.scope().text() + ": " + (types == null ? "all types" : String.join(", ", types))
                + (since == null ? "" : ", changed since " + FhirInstant.format(since))
                + (request.views() == null ? "" : ", as views " + String.join(", ", viewNames(request.views())))
                + (request.isDeidentified() ? ", de-identified" : "");
        boolean restricted = !request.bounds().restrictions().isEmpty();
        return new JobDescription(
                request.scope().level(),
                request.scope() instanceof ExportScope.GroupMembers members ? members.id() : null,
                request.views() == null ? "$export" : "$viewdefinition-export",
                job.url(),
                parameters,
                confidential,
                text,
                restricted);
    }

    private static List<String> viewNames(ViewOutput views) {
        return views.views().stream().map(ViewOutput.PlannedView::name).toList();
    }

    private static ExportPlan read(String plan) throws OutdatedPlanException {
        return ExportPlan.of(plan)
                .orElseThrow(() -> new OutdatedPlanException("was planned by an older version of Sluice"));
    }

    /** What would happen again at the next start makes the job fail. */
    private static <T> T checked(Callable<T> step) throws Exception {
        try {
            return step.call();
        } catch (SnapshotLostException | CommitRefusedException e) {
            throw new JobFailure(String.valueOf(e.getMessage()), e);
        } catch (DeidentificationException e) {
            throw new JobFailure(
                    "Failed to anonymize resource. " + Strings.CS.appendIfMissing(e.getMessage(), ".")
                            + " Mend the rule and start the export again.",
                    e);
        }
    }
}
