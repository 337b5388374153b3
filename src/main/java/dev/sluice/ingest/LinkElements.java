package dev.sluice.ingest;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import dev.sluice.fhir.ResourceType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which elements of R4 hold links that a transaction rewrites, by the definitions of HAPI's structures: references,
 * narrative, and what is of type uri, url, oid or uuid. A canonical is none.
 */
final class LinkElements {
    private static final Set<String> LINKS = Set.of("uri", "url", "oid", "uuid", "xhtml");
    private static final Set<String> EXTENSIONS = Set.of("extension", "modifierExtension");

    private LinkElements() {}

    /**
     * Whether an element may be a link.
     *
     * @param path names of JSON properties, from the root of the resource on
     */
    static boolean isLink(ResourceType type, List<String> path) {
        FhirContext context = FhirContext.forR4Cached();
        BaseRuntimeElementDefinition<?> definition = context.getResourceDefinition(type.name());
        for (String field : path) {
            if (definition == null) {
                return false;
            }
            if (definition.getName().equals("Reference") && field.equals("reference")) {
                return true;
            }
            // The extensions of a primitive stand in a property whose name begins with a '_'.
            if (!field.startsWith("_")) {
                definition = EXTENSIONS.contains(field)
                        ? context.getElementDefinition("Extension")
                        : child(definition, field);
            }
        }
        return definition != null && LINKS.contains(definition.getName());
    }

    private static @Nullable BaseRuntimeElementDefinition<?> child(
            BaseRuntimeElementDefinition<?> parent, String field) {
        if (!(parent instanceof BaseRuntimeElementCompositeDefinition<?> composite)) {
            return null;
        }
        BaseRuntimeChildDefinition child = composite.getChildByName(field);
        return child == null ? null : child.getChildByName(field);
    }
}
