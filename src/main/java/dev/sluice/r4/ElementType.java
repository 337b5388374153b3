package dev.sluice.r4;

import java.util.Map;

/**
 * The FHIR type of an element, such as {@code CodeableConcept} or {@code dateTime}.
 *
 * @param name the type as FHIR spells it; a block of a resource has the name of HAPI's class for it
 * @param codeSystems of a {@code code} with a required binding, the code system that each code implies; else empty
 */
public record ElementType(String name, Map<String, String> codeSystems) {
    static final ElementType BOOLEAN = new ElementType("boolean", Map.of());
}
