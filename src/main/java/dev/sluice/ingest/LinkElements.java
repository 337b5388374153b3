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
 * Lists the elements of R4 whose links a transaction rewrites, by HAPI's structures: references, narrative, and
 * elements of the types uri, url, oid and uuid. A canonical is not a link, and neither is a uri that identifies
 * something, such as a definition or a code system.
 */
final class LinkElements {
    private static final Set<String> LINKS = Set.of("uri", "url", "oid", "uuid", "xhtml");
    private static final Set<String> EXTENSIONS = Set.of("extension", "modifierExtension");

    /** Elements of type uri that say what something is, and not where it is. */
    private static final Set<String> IDENTITIES = Set.of(
            "system",
            "implicitRules",
            "source",
            "target",
            "sourceUri",
            "targetUri",
            "property",
            "eventUri",
            "type",
            "code",
            "issuer",
            "jurisdiction",
            "authority",
            "identifier",
            "contentReference",
            "definition",
            "fixedUri",
            "patternUri",
            "defaultValueUri");

    /** {@code CodeSystem.property.uri} and {@code StructureDefinition.mapping.uri} are such ones too. */
    private static final Set<String> NAMED_BY_URI = Set.of("property", "mapping");

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
        return definition != null
                && LINKS.contains(definition.getName())
                && !(definition.getName().equals("uri") && identifies(path));
    }

    private static boolean identifies(List<String> path) {
        String field = path.get(path.size() - 1);
        String parent = path.size() == 1 ? "" : path.get(path.size() - 2);
        return switch (field) {
            case "url" -> parent.isEmpty() || EXTENSIONS.contains(parent);
            case "uri" -> NAMED_BY_URI.contains(parent);
            default -> IDENTITIES.contains(field);
        };
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
