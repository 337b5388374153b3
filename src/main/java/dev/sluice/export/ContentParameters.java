package dev.sluice.export;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.TypeFilter;
import dev.sluice.filter.TypeFilterParser;
import dev.sluice.planner.AssociatedData;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.RootElements;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the parameters that select resources and their elements: types, filters and elements. */
@Component
class ContentParameters {
    private final PatientCompartment compartment;
    private final TypeFilterParser filters;
    private final RootElements elements;
    private final Clock clock;

    ContentParameters(PatientCompartment compartment, TypeFilterParser filters, RootElements elements, Clock clock) {
        this.compartment = compartment;
        this.filters = filters;
        this.elements = elements;
        this.clock = clock;
    }

    /** The requested types that the level can export; empty = all. */
    List<String> types(ExportScope scope, KickOffParameters parameters, IssueCollector issues) {
        List<String> types = new ArrayList<>();
        List<String> outside = new ArrayList<>();
        for (String name : parameters.list(ExportParameter.TYPE)) {
            if (ResourceType.find(name).isEmpty()) {
                issues.notSupportedUnlessLenient("_type: " + ResourceType.unknown(name), "It is left out.");
            } else if (!reaches(scope, ResourceType.of(name))) {
                outside.add(name);
            } else {
                types.add(name);
            }
        }
        String why = String.join(", ", outside) + (outside.size() == 1 ? " is" : " are")
                + " in no patient's compartment; ask for " + (outside.size() == 1 ? "it" : "them")
                + " at system level, [base]/$export.";
        if (!outside.isEmpty() && types.isEmpty()) {
            issues.invalid("_type: " + why);
        } else if (!outside.isEmpty()) {
            issues.warning("_type: " + why);
        } else if (types.isEmpty() && parameters.has(ExportParameter.TYPE) && !issues.hasErrors()) {
            issues.invalid("No type of _type is left; without it, every type is exported.");
        }
        return types;
    }

    private boolean reaches(ExportScope scope, ResourceType type) {
        return scope instanceof ExportScope.Everything || compartment.covers(type);
    }

    /**
     * The type whose instances the output is organised by; empty = each file has one type.
     *
     * @param request with the requested types and associated data
     */
    List<String> organizeBy(ExportRequest request, IssueCollector issues) {
        List<String> names = request.values(ExportParameter.ORGANIZE_OUTPUT_BY);
        for (String name : names) {
            String fault = organizeFault(request, name);
            if (fault != null) {
                issues.notSupportedUnlessLenient("organizeOutputBy: " + fault, "The output is organised by type.");
                return List.of();
            }
        }
        return names;
    }

    private @Nullable String organizeFault(ExportRequest request, String name) {
        List<String> types = request.values(ExportParameter.TYPE);
        AssociatedData brought = request.associatedData();
        Optional<ResourceType> type = ResourceType.find(name);
        if (type.isEmpty()) {
            return ResourceType.unknown(name);
        }
        if (brought.includesReferenced(type.get())
                || (brought.includesProvenance() && type.get().equals(ResourceType.PROVENANCE))) {
            return null;
        }
        if (!reaches(request.scope(), type.get())) {
            return name + " is in no patient's compartment; ask for it at system level, [base]/$export.";
        }
        return types.isEmpty() || types.contains(name) ? null : name + " is not exported; add " + name + " to _type.";
    }

    /** The filters, as the text that is parsed again when rows are read. */
    List<String> typeFilters(KickOffParameters parameters, List<String> types, IssueCollector issues) {
        List<String> values = parameters.all(ExportParameter.TYPE_FILTER);
        if (values.isEmpty()) {
            return List.of();
        }
        if (!parameters.has(ExportParameter.TYPE)) {
            issues.notSupportedUnlessLenient(
                    "_typeFilter needs _type: name the types to export, those of the filters among them.",
                    "The filters are applied, and every other type is exported whole.");
        }
        TypeFilterParser.Reading reading = filters.read(values, clock.instant());
        reading.faults().forEach(issues::error);
        reading.omissions()
                .forEach(issue ->
                        issues.notSupportedUnlessLenient(issue.diagnostics(), "This part of the query is left out."));
        List<String> texts = new ArrayList<>();
        for (TypeFilter filter : reading.filters()) {
            if (types.isEmpty() || types.contains(filter.type().name())) {
                texts.add(filter.toString());
            } else {
                issues.notSupportedUnlessLenient(
                        "_typeFilter '" + filter + "' is for " + filter.type()
                                + ", which is not exported; add it to _type.",
                        "It has no effect.");
            }
        }
        return texts;
    }

    /**
     * The elements that are asked for, each as {@code Type.element}, or {@code element} for all types; empty = all. An
     * element that no type has is refused. With lenient handling it is ignored if other elements remain; without any
     * element, the export would hold whole resources.
     */
    List<String> elements(KickOffParameters parameters, IssueCollector issues) {
        List<String> given = parameters.list(ExportParameter.ELEMENTS);
        List<String> wanted =
                given.stream().filter(element -> fault(element) == null).toList();
        for (String element : given) {
            String fault = fault(element);
            if (fault == null) {
                continue;
            }
            String type = typeOf(element);
            boolean narrowed = wanted.stream()
                    .map(ContentParameters::typeOf)
                    .anyMatch(other -> other.isEmpty()
                            || (other.equals(type) && ResourceType.find(type).isPresent()));
            String diagnostics = "_elements '" + element + "': " + fault + ".";
            if (narrowed) {
                issues.notSupportedUnlessLenient(diagnostics, "It is left out.");
            } else {
                issues.notSupported(diagnostics);
            }
        }
        return wanted;
    }

    private @Nullable String fault(String element) {
        String[] parts = element.split("\\.", -1);
        return parts.length > 2
                ? "only elements at the root of a resource can be chosen, such as Patient.name"
                : elements.fault(typeOf(element), parts[parts.length - 1]);
    }

    /** The type before the point; empty if there is none. */
    private static String typeOf(String element) {
        int point = element.indexOf('.');
        return point < 0 ? "" : element.substring(0, point);
    }
}
