package dev.sluice.r4;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.SearchParameter.Component;
import dev.sluice.r4.SearchParameter.Composite;
import dev.sluice.r4.SearchParameter.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles HAPI's definition of a search parameter into a {@link SearchParameter}. */
final class ParameterCompiler {
    /** R4 defines it for every type, but HAPI's structures do not hold it. */
    static final RuntimeSearchParam SOURCE = new RuntimeSearchParam(
            null,
            "http://hl7.org/fhir/SearchParameter/Resource-source",
            "_source",
            "Identifies where the resource comes from",
            "Resource.meta.source",
            RestSearchParameterTypeEnum.URI,
            null,
            Set.of(),
            RuntimeSearchParam.RuntimeSearchParamStatusEnum.ACTIVE,
            List.of("Resource"));

    private static final String OF_RESOURCE = "%resource.";

    private final PathCompiler paths;

    ParameterCompiler(PathCompiler paths) {
        this.paths = paths;
    }

    /** A parameter of any other kind than composite. */
    SearchParameter simple(ResourceType type, RuntimeSearchParam source) {
        if (source.getParamType() == RestSearchParameterTypeEnum.SPECIAL) {
            return new SearchParameter(type, source, Places.refused("Sluice measures no distances on the earth"));
        }
        SearchParamType kind = SearchParamType.valueOf(source.getParamType().name());
        List<ElementPath> all = paths.compile(type, source.getPath()).stream()
                .map(path -> resourcesOf(source, path))
                .toList();
        return new SearchParameter(type, source, places(source, all, compared(all, kind)));
    }

    private static Places places(RuntimeSearchParam source, List<ElementPath> all, List<ElementPath> compared) {
        return compared.isEmpty()
                ? Places.refused("its expression " + source.getPath() + " is not supported")
                : new Places(all, compared, List.of(), null);
    }

    /**
     * A composite parameter.
     *
     * @param simple the type's other parameters
     */
    SearchParameter composite(ResourceType type, RuntimeSearchParam source, Map<String, SearchParameter> simple) {
        List<Composite> composites = new ArrayList<>();
        for (PathCompiler.Trail trail : paths.trails(type, source.getPath())) {
            List<Component> components = CompositeTable.PARTS.getOrDefault(source.getName(), List.of()).stream()
                    .map(part -> component(type, trail, part, simple))
                    .toList();
            composites.add(new Composite(trail.path(), components));
        }
        boolean understood = !composites.isEmpty()
                && composites.stream()
                        .allMatch(composite -> !composite.components().isEmpty()
                                && composite.components().stream()
                                        .noneMatch(part -> part.paths().isEmpty()));
        Places places = understood
                ? new Places(List.of(), List.of(), composites, null)
                : Places.refused("its components are not supported");
        return new SearchParameter(type, source, places);
    }

    private Component component(
            ResourceType type,
            PathCompiler.Trail element,
            CompositeTable.Part part,
            Map<String, SearchParameter> simple) {
        SearchParameter parameter = simple.get(part.parameter());
        if (parameter == null) {
            throw new IllegalStateException("R4 defines " + type + "?" + part.parameter());
        }
        boolean ofResource = part.expression().startsWith(OF_RESOURCE);
        List<ElementPath> found = ofResource
                ? paths.compile(type, part.expression().substring(OF_RESOURCE.length()))
                : paths.compile(element.restarted(), part.expression());
        return new Component(parameter, compared(found, parameter.kind()), ofResource);
    }

    private static List<ElementPath> compared(List<ElementPath> all, SearchParamType kind) {
        Set<String> types = kind.elementTypes();
        return all.stream().filter(path -> types.contains(path.type().name())).toList();
    }

    /** A whole resource as the value, in a Bundle, counts only if it is of a type that R4 has the parameter for. */
    private static ElementPath resourcesOf(RuntimeSearchParam source, ElementPath path) {
        return path instanceof ElementPath.Fields fields && fields.type().name().equals(R4Structure.RESOURCE)
                ? fields.where(new ElementPath.ResourceIs(source.getTargets()))
                : path;
    }
}
