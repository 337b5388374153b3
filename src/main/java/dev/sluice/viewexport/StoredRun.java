package dev.sluice.viewexport;

import dev.sluice.audit.Act;
import dev.sluice.audit.Act.Outcome;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Actor;
import dev.sluice.audit.Audit;
import dev.sluice.disclosure.Disclosure;
import dev.sluice.disclosure.Disclosures;
import dev.sluice.export.ExportService;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.StoredResources;
import dev.sluice.security.Caller;
import dev.sluice.view.ViewRowException;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Runs a view on stored resources: those that the caller may export. Whose data the rows hold is recorded as for an export,
 * before they are given; it is told as an export that was completed at once. A fault of a resource is recorded like its rows.
 * That there are no rows of a patient tells something too: such a patient may have been included.
 */
@Component
class StoredRun {
    private final ExportService exports;
    private final StoredResources resources;
    private final Disclosures disclosures;
    private final Audit audit;
    private final BaseUrl base;

    StoredRun(ExportService exports, StoredResources resources, Disclosures disclosures, Audit audit, BaseUrl base) {
        this.exports = exports;
        this.resources = resources;
        this.disclosures = disclosures;
        this.audit = audit;
        this.base = base;
    }

    /**
     * Adds rows of stored resources until there are enough.
     *
     * @param run the view, whose patients and times limit the resources
     * @throws FhirException 403 if the caller may not export them; 422 if the view makes no rows of one of them
     */
    void add(ExportService.ViewExport run, RunRows rows, HttpServletRequest request) throws InterruptedIOException {
        Caller caller = Caller.of(request);
        ExportRequest permitted = exports.permitted(run, caller);
        RunPatients patients = new RunPatients();
        AtomicReference<FhirException> fault = new AtomicReference<>();
        StoredResources.Read read = resources.read(
                permitted,
                caller.owner(),
                base.of(request) + "/$viewdefinition-run",
                RequestMemory.of(request).claim(),
                (json, numbers) -> {
                    int before = rows.count();
                    try {
                        add(rows, json);
                    } catch (FhirException e) {
                        fault.set(e); // it tells something about the resource
                    }
                    patients.add(numbers, fault.get() != null || rows.count() > before);
                    return fault.get() == null && !rows.isFull();
                });
        FhirException told = fault.get();
        read.named().forEach(numbers -> patients.add(numbers, false));
        Outcome outcome = told == null ? Outcome.SUCCESS : Outcome.FAILED;
        record(permitted, request, read.asOf(), patients, outcome, rows.count());
        if (told != null) {
            throw told;
        }
    }

    private static void add(RunRows rows, byte[] json) {
        try {
            rows.add(json, 0, json.length);
        } catch (ViewRowException e) {
            JsonNode resource = FhirJson.stored(json, 0, json.length);
            throw FhirException.of(
                    422,
                    "processing",
                    "The view makes no rows of "
                            + resource.path("resourceType").asString("") + "/"
                            + resource.path("id").asString("") + ": " + e.getMessage() + ".");
        }
    }

    private void record(
            ExportRequest permitted,
            HttpServletRequest request,
            Instant asOf,
            RunPatients patients,
            Outcome outcome,
            int rows) {
        UUID id = UUID.randomUUID();
        List<String> types = permitted.values(ExportParameter.TYPE);
        if (disclosures.areRecorded()) {
            boolean named = !permitted.values(ExportParameter.PATIENT).isEmpty();
            Disclosure.Content content = new Disclosure.Content(
                    (named ? "named patients of " : "") + permitted.scope().text(), types, Set.of(), null);
            disclosures.record(
                    new Disclosure(
                            id, Actor.of(request), asOf, permitted.time(ExportParameter.SINCE), content, false, true),
                    listed -> patients.each(listed::take));
        }
        audit.record(
                request,
                Act.of(Activity.EXPORT_ENDED, id.toString())
                        .with("rows of a view at once, " + permitted.scope().text() + ": " + String.join(" ", types))
                        .outcome(outcome)
                        .amount(outcome == Outcome.SUCCESS ? rows : 0));
    }
}
