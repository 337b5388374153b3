package dev.sluice.export;

import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.ExportBounds;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.security.Caller;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an export may hold, by which later requests about it are allowed or not.
 *
 * @param types names of the types; null = any type
 * @param bounds what the caller of the kick-off could export of them
 */
record ExportContent(@Nullable Set<String> types, ExportBounds bounds) {
    static ExportContent of(ExportRequest request) {
        if (request.values(ExportParameter.TYPE).isEmpty()) {
            return new ExportContent(null, request.bounds());
        }
        Set<String> types = new TreeSet<>(request.values(ExportParameter.TYPE));
        types.addAll(request.associatedData().referenced());
        if (request.quasiIdentifiers() != null) {
            types.add(ResourceType.PATIENT.name());
        }
        if (request.associatedData().includesProvenance()) {
            types.add(ResourceType.PROVENANCE.name());
        }
        return new ExportContent(types, request.bounds());
    }

    /** What a request exports, for the audit log: its level and types. Its filters have values of a search. */
    static String text(ExportRequest request) {
        Set<String> types = of(request).types();
        return request.scope().text() + ": " + (types == null ? "all types" : String.join(" ", types));
    }

    /** Whether a caller may export all of it at this time. */
    boolean isCoveredBy(Caller caller) {
        Set<String> groups = caller.limits().groups();
        if (groups != null && (bounds.groups() == null || !groups.containsAll(bounds.groups()))) {
            return false;
        }
        Map<ResourceType, List<String>> exportable = caller.permissions().exportable();
        return exportable == null
                || (types != null
                        && types.stream().allMatch(type -> covers(exportable.get(ResourceType.of(type)), type)));
    }

    private boolean covers(@Nullable List<String> allowed, String type) {
        if (allowed == null || allowed.isEmpty()) {
            return allowed != null;
        }
        List<String> restrictions = bounds.restrictions().get(type);
        return restrictions != null && allowed.containsAll(restrictions);
    }
}
