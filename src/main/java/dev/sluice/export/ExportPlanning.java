package dev.sluice.export;

import dev.sluice.audit.Actor;
import dev.sluice.disclosure.Disclosure;
import dev.sluice.disclosure.Disclosures;
import dev.sluice.job.Job;
import dev.sluice.plan.ExportPlan;
import dev.sluice.planner.ExportJob;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportPlanner;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportedPatients;
import dev.sluice.planner.KAnonymity;
import dev.sluice.replica.PlanMarks;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.lang3.StringUtils;
import org.springframework.stereotype.Component;

/** Plans an export, records whose data it holds, and counts the classes of patients if the request asks for them. */
@Component
class ExportPlanning {
    private final ExportPlanner planner;
    private final ExportedPatients patients;
    private final Disclosures disclosures;
    private final KAnonymity anonymity;
    private final PlanMarks marks;

    ExportPlanning(
            ExportPlanner planner,
            ExportedPatients patients,
            Disclosures disclosures,
            KAnonymity anonymity,
            PlanMarks marks) {
        this.planner = planner;
        this.patients = patients;
        this.disclosures = disclosures;
        this.anonymity = anonymity;
        this.marks = marks;
    }

    /** See {@link ExportPlanner#connections}. */
    int connections(ExportJob export) {
        return planner.connections(export);
    }

    /** The plan of an export. If it cannot be recorded whose data it holds, there is none. */
    ExportPlanner.PlannedExport plan(Job job, ExportJob export) {
        ExportPlanner.PlannedExport planned = planner.plan(job.id(), export);
        if (disclosures.areRecorded()) {
            ExportPlan plan = planned.plan();
            disclosures.record(
                    disclosure(job, export, plan), listed -> patients.each(job.id(), export, plan, listed::take));
        }
        return anonymity.report(export.request(), planned).with(marks.make(job.id()));
    }

    private Disclosure disclosure(Job job, ExportJob export, ExportPlan plan) {
        ExportRequest request = export.request();
        return new Disclosure(
                job.id(),
                Actor.owner(job.owner()),
                plan.asOf(),
                request.time(ExportParameter.SINCE),
                content(request),
                patients.areAllHeld(export, plan),
                patients.areListed(request));
    }

    private static Disclosure.Content content(ExportRequest request) {
        Set<String> filtered = request.values(ExportParameter.TYPE_FILTER).stream()
                .map(filter -> StringUtils.substringBefore(filter, "?")) // the rest has values of a search
                .collect(Collectors.toCollection(TreeSet::new));
        boolean namesPatients = !request.values(ExportParameter.PATIENT).isEmpty();
        return new Disclosure.Content(
                (namesPatients ? "named patients of " : "") + request.scope().text(),
                ExportContent.of(request).types(),
                filtered,
                request.value(ExportParameter.ANONYMIZATION_CONFIG));
    }
}
