package dev.sluice.view;

import dev.sluice.fhir.Suggestions;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.lang3.StringUtils;
import tools.jackson.databind.node.ObjectNode;

/**
 * Refuses properties of a view that are not known. To ignore one would leave out what its author wanted, such as a condition,
 * and so widen what is read.
 */
final class ViewProperties {
    private static final int LONGEST_NAME = 40;

    /** Those that decide about rows. */
    private static final Set<String> DECISIVE = Set.of("resource", "constant", "select", "where");

    /** Those that tell people about a view. There are more of them in later versions of FHIR. */
    private static final Set<String> DESCRIPTIVE = Set.of(
            "resourceType",
            "id",
            "meta",
            "implicitRules",
            "language",
            "text",
            "contained",
            "extension",
            "url",
            "identifier",
            "version",
            "name",
            "title",
            "status",
            "experimental",
            "date",
            "publisher",
            "contact",
            "description",
            "useContext",
            "jurisdiction",
            "purpose",
            "copyright",
            "topic",
            "author",
            "editor",
            "reviewer",
            "endorser",
            "relatedArtifact",
            "profile",
            "fhirVersion");

    /** Those that each element of FHIR may have; they do not decide about rows. */
    private static final Set<String> OF_ELEMENTS = Set.of("id", "extension", "description");

    private final FaultList faults;

    ViewProperties(FaultList faults) {
        this.faults = faults;
    }

    /** The view itself: only a name that is close to one that decides is refused. */
    void requireOfView(ObjectNode view) {
        for (String property : view.propertyNames()) {
            boolean known = DECISIVE.contains(property) || DESCRIPTIVE.contains(property);
            String advice = known ? "" : Suggestions.advice(property, DECISIVE);
            if (property.equals("modifierExtension") || !advice.isEmpty()) {
                refuse("", property, advice);
            }
        }
    }

    void requireOfCondition(String element, ObjectNode json) {
        require(element, json, Set.of("path"));
    }

    /** Its value is looked at by itself. */
    void requireOfConstant(String element, ObjectNode json) {
        Set<String> values = json.propertyStream()
                .map(Map.Entry::getKey)
                .filter(property -> property.startsWith("value"))
                .collect(Collectors.toSet());
        values.add("name");
        require(element, json, values);
    }

    void requireOfSelect(String element, ObjectNode json) {
        require(element, json, Set.of("column", "select", "forEach", "forEachOrNull", "repeat", "unionAll"));
    }

    void requireOfColumn(String element, ObjectNode json) {
        require(element, json, Set.of("name", "path", "type", "collection", "tag"));
    }

    void requireOfTag(String element, ObjectNode json) {
        require(element, json, Set.of("name", "value"));
    }

    private void require(String element, ObjectNode json, Set<String> known) {
        for (String property : json.propertyNames()) {
            String name = property.startsWith("_") ? property.substring(1) : property;
            if (!known.contains(name) && !OF_ELEMENTS.contains(name)) {
                refuse(element, property, Suggestions.advice(property, known));
            }
        }
    }

    private void refuse(String element, String property, String advice) {
        faults.add(element + StringUtils.abbreviate(property, LONGEST_NAME), "is not supported" + advice);
    }
}
