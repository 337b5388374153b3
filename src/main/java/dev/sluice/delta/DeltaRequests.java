package dev.sluice.delta;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.plan.OutputFormat;
import dev.sluice.planner.AssociatedData;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import java.util.ArrayList;
import java.util.List;

/** What does not go with tables of Delta Lake. */
public final class DeltaRequests {
    private static final String TABLES = ExportParameter.OUTPUT_FORMAT + " 'delta'";

    private DeltaRequests() {}

    /**
     * Returns if a request can be committed to tables, or is not for them.
     *
     * @throws FhirException 400 with all that is in the way
     */
    public static void require(ExportRequest request) {
        if (request.format() != OutputFormat.DELTA || request.views() != null) {
            return;
        }
        List<String> faults = new ArrayList<>();
        AssociatedData associated = request.associatedData();
        if (request.value(ExportParameter.CONTAINER) == null) {
            faults.add(TABLES + " needs " + ExportParameter.CONTAINER + ": name the container that has the tables.");
        }
        if (associated.history() || associated.deletions()) {
            faults.add(ExportParameter.INCLUDE_ASSOCIATED_DATA + " '_history' and '_deleted' cannot be combined with "
                    + TABLES + ", since a table has each resource once. Its earlier versions have the earlier states.");
        }
        if (request.is(ExportParameter.ALLOW_PARTIAL_MANIFESTS)) {
            faults.add(ExportParameter.ALLOW_PARTIAL_MANIFESTS + " cannot be combined with " + TABLES
                    + ", since all files become part of the tables together.");
        }
        boolean all = request.scope() instanceof ExportScope.Everything
                && request.values(ExportParameter.PATIENT).isEmpty();
        if (request.value(ExportParameter.UNTIL) != null && !all) {
            faults.add(ExportParameter.UNTIL + " cannot be combined with " + TABLES
                    + " of the data of patients, since these"
                    + " patients are those of the present, and later changes begin at an earlier time.");
        }
        if (request.value(ExportParameter.SINCE) != null) {
            changes(request, associated, faults);
        }
        if (!faults.isEmpty()) {
            throw new FhirException(
                    400,
                    faults.stream()
                            .map(fault -> Issue.error("not-supported", fault))
                            .toList());
        }
    }

    /** Of these, an export of changes does not say all that leaves the set. */
    private static void changes(ExportRequest request, AssociatedData associated, List<String> faults) {
        String why = " cannot be combined with " + ExportParameter.SINCE + " and " + TABLES + ", since ";
        String advice = " Leave " + ExportParameter.SINCE + " out, which writes the tables anew.";
        if (!request.bounds().restrictions().isEmpty()) {
            faults.add("A part of "
                    + String.join(", ", request.bounds().restrictions().keySet())
                    + ", which is all that the access token allows," + why
                    + "an export of changes does not say which resources no longer belong to it." + advice);
        } else if (!request.values(ExportParameter.TYPE_FILTER).isEmpty()) {
            faults.add(ExportParameter.TYPE_FILTER + why
                    + "an export of changes does not say which resources no longer match." + advice);
        }
        if (!associated.referenced().isEmpty()) {
            faults.add(ExportParameter.INCLUDE_REFERENCED + why
                    + "an export of changes does not say to which resources no reference leads any more." + advice);
        }
        if (associated.includesProvenance()) {
            faults.add(ExportParameter.INCLUDE_ASSOCIATED_DATA + why
                    + "an export of changes does not say which Provenance is no longer the latest." + advice);
        }
    }
}
