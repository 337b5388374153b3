package dev.sluice.export;

import dev.sluice.blob.ContainerName;
import dev.sluice.delta.DeltaRequests;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.TypeFilter;
import dev.sluice.planner.AssociatedData;
import dev.sluice.planner.ExportBounds;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.ExportScope;
import dev.sluice.planner.KAnonymity;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.security.Caller;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Parses a request for an export and bounds it by what its caller may export. The bounds become types and filters of the
 * request, which is recorded with the job, so that all that follows obeys them.
 *
 * <p>Without {@code _type}, the request is narrowed to the types that the caller may export. A type that the request names
 * and the caller may not export is a 403 problem, whatever parameter names it.
 */
@Component
class PermittedRequests {
    private final ExportRequestParser parser;
    private final PermittedFilters filters;
    private final PatientCompartment compartment;

    PermittedRequests(ExportRequestParser parser, PermittedFilters filters, PatientCompartment compartment) {
        this.parser = parser;
        this.filters = filters;
        this.compartment = compartment;
    }

    /**
     * Parses a request.
     *
     * @param level from the path
     * @throws FhirException 400 if it is invalid; 403 if the caller may not export what it names; 404 if the Group of its
     *     level does not exist to the caller
     */
    ExportRequest parse(ExportScope level, KickOffHeaders headers, KickOffParameters parameters, Caller caller) {
        return permitted(parsed(level, headers, parameters, caller), headers.lenient(), caller);
    }

    /** Parses a request for an export of views in the same way. Views have no rows of deletions. */
    ExportRequest parse(ExportService.ViewExport export, KickOffHeaders headers, Caller caller) {
        ExportRequest request = parsed(export.scope(), headers, KickOffParameters.of(export.parameters()), caller)
                .withViews(export.views(), export.warnings());
        return permitted(request, headers.lenient(), caller);
    }

    private ExportRequest parsed(
            ExportScope level, KickOffHeaders headers, KickOffParameters parameters, Caller caller) {
        filters.permissions(caller, compartment::covers).requireLevel(level, parameters.has(ExportParameter.PATIENT));
        return parser.parse(
                level,
                headers,
                parameters,
                new ExportBounds(Map.of(), caller.limits().groups()));
    }

    private ExportRequest permitted(ExportRequest request, boolean lenient, Caller caller) {
        String container = request.value(ExportParameter.CONTAINER);
        if (container != null && !caller.limits().allowsContainer(container)) {
            throw ExportPermissions.denied(
                    "This client may not use the container '" + container + "'; leave _container out.");
        }
        String rules = request.value(ExportParameter.ANONYMIZATION_CONFIG);
        if (rules != null
                && !RuleFiles.isPreset(rules)
                && !caller.limits().allowsContainer(ContainerName.ANONYMIZATION)) {
            throw ExportPermissions.denied("This client may not use the container '" + ContainerName.ANONYMIZATION
                    + "', which has the rule files; name shipped rules, such as preset:safe-harbor.");
        }
        ExportRequest permitted = ExportPermissions.areUnlimited(caller)
                ? request
                : bounded(request, filters.permissions(caller, compartment::covers), lenient);
        KAnonymity.requireCountable(permitted);
        DeltaRequests.require(permitted);
        return permitted;
    }

    private ExportRequest bounded(ExportRequest request, ExportPermissions permissions, boolean lenient) {
        AssociatedData associated = request.associatedData();
        List<String> types = types(request, permissions);
        Set<String> content = new TreeSet<>(types);
        content.addAll(associated.referenced());
        content.addAll(request.values(ExportParameter.ORGANIZE_OUTPUT_BY));
        if (associated.includesProvenance()) {
            content.add(ResourceType.PROVENANCE.name());
        }
        if (request.quasiIdentifiers() != null) {
            content.add(ResourceType.PATIENT.name());
        }
        List<TypeFilter> asked = filters.parse(request.values(ExportParameter.TYPE_FILTER));
        asked.forEach(filter -> content.add(filter.type().name()));
        permissions.requireTypes(content);
        permissions.requireAskable(ExportParameter.INCLUDE_REFERENCED.toString(), associated.referenced());
        permissions.requireAskable("A chain or _has of " + ExportParameter.TYPE_FILTER, linkedTypes(asked));
        Map<String, List<String>> restricted = permissions.restrictionsOf(content);
        permissions.requireAskable( // a client may choose the restrictions of its token
                "A chain or _has in the restriction of a scope", linkedTypes(filters.parse(restricted)));
        List<Issue> warnings = new ArrayList<>(request.warnings());
        requireCurrent(request, restricted.keySet(), lenient, warnings);
        if (request.bounds().groups() != null) {
            requireProvenanceOfGroups(associated);
            requireListed(
                    request,
                    "This client may export some Groups only, and nothing is kept of deleted resources of "
                            + String.join(", ", associated.referenced()) + " that says which Groups referred to them",
                    associated.referenced(),
                    lenient,
                    warnings);
        }
        Map<ExportParameter, List<String>> values = new EnumMap<>(ExportParameter.class);
        values.putAll(request.parameters());
        values.put(ExportParameter.TYPE, types);
        values.put(ExportParameter.TYPE_FILTER, filters.restricted(asked, restricted));
        ExportBounds bounds = new ExportBounds(restricted, request.bounds().groups());
        return new ExportRequest(request.scope(), values, request.separateStatus(), bounds, warnings, request.views());
    }

    /** What is referred to belongs to no patient, so the Provenance about it may be about patients of any Group. */
    private static void requireProvenanceOfGroups(AssociatedData associated) {
        if (associated.includesProvenance() && !associated.referenced().isEmpty()) {
            throw ExportPermissions.denied("This client may export some Groups only, and the Provenance about "
                    + String.join(", ", associated.referenced()) + " can name patients of others. Leave "
                    + ExportParameter.INCLUDE_REFERENCED + " out, or the Provenance in "
                    + ExportParameter.INCLUDE_ASSOCIATED_DATA + ".");
        }
    }

    /** The types of the resources that chains and {@code _has} of filters test. */
    private static Set<String> linkedTypes(Collection<TypeFilter> filters) {
        return filters.stream()
                .flatMap(filter -> filter.linkedTypes().stream())
                .map(ResourceType::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The types of the request, or else those of its level that the caller may export; empty = all of the level. */
    private List<String> types(ExportRequest request, ExportPermissions permissions) {
        List<String> named = request.values(ExportParameter.TYPE);
        Map<ResourceType, List<String>> exportable = permissions.types();
        if (!named.isEmpty() || exportable == null) {
            return named;
        }
        List<String> types = exportable.keySet().stream()
                .filter(type -> request.scope() instanceof ExportScope.Everything || compartment.covers(type))
                .map(ResourceType::name)
                .toList();
        if (types.isEmpty()) {
            throw ExportPermissions.denied("The access token allows to export no type that this level has.");
        }
        return types;
    }

    /**
     * Earlier versions and deletions cannot be limited to what a restriction allows: what is deleted has no content any
     * more that could be compared with it.
     */
    private static void requireCurrent(
            ExportRequest request, Collection<String> restricted, boolean lenient, List<Issue> warnings) {
        if (restricted.isEmpty()) {
            return;
        }
        String types = String.join(", ", restricted);
        if (request.associatedData().history() || request.associatedData().deletions()) {
            throw ExportPermissions.denied("The access token allows a part of " + types + " only. "
                    + ExportParameter.INCLUDE_ASSOCIATED_DATA
                    + " _history and _deleted need scopes without a restriction"
                    + " for all types; name others in _type.");
        }
        requireListed(request, "The access token allows a part of " + types + " only", restricted, lenient, warnings);
    }

    /** Deletions of these types cannot be listed; without lenient handling, a request that needs them is refused. */
    private static void requireListed(
            ExportRequest request, String why, Collection<String> types, boolean lenient, List<Issue> warnings) {
        if (types.isEmpty() || !request.fillsDeletedList()) {
            return;
        }
        String fault = why + ", so deletions of " + (types.size() == 1 ? "this type" : "these types")
                + " cannot be listed, as _since needs.";
        if (!lenient) {
            throw ExportPermissions.denied(
                    fault + " Name other types in _type and _includeReferenced, leave _since out,"
                            + " or send 'Prefer: handling=lenient' to get the changes without the deletions.");
        }
        warnings.add(new Issue(FhirException.Severity.WARNING, "not-supported", fault + " They are left out."));
    }
}
