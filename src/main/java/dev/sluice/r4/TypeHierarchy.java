package dev.sluice.r4;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which types of R4 specialize which. In FHIRPath no primitive type specializes another one: {@code markdown} is no
 * {@code string}.
 *
 * @see <a href="https://hl7.org/fhir/R4/fhirpath.html#types">types in FHIRPath</a>
 */
final class TypeHierarchy {
    /** Types that others specialize, and that no element has as its own. */
    static final Set<String> ABSTRACT = Set.of("Element", "BackboneElement", "DomainResource", "Resource");

    /** What a type specializes, if it is neither Element nor, of a resource, DomainResource. */
    private static final Map<String, String> PARENTS = Map.ofEntries(
            Map.entry("Age", "Quantity"),
            Map.entry("Count", "Quantity"),
            Map.entry("Distance", "Quantity"),
            Map.entry("Duration", "Quantity"),
            Map.entry("SimpleQuantity", "Quantity"),
            Map.entry("MoneyQuantity", "Quantity"),
            Map.entry("Dosage", "BackboneElement"),
            Map.entry("ElementDefinition", "BackboneElement"),
            Map.entry("MarketingStatus", "BackboneElement"),
            Map.entry("Population", "BackboneElement"),
            Map.entry("ProdCharacteristic", "BackboneElement"),
            Map.entry("ProductShelfLife", "BackboneElement"),
            Map.entry("SubstanceAmount", "BackboneElement"),
            Map.entry("Timing", "BackboneElement"),
            Map.entry("Binary", "Resource"),
            Map.entry("Bundle", "Resource"),
            Map.entry("Parameters", "Resource"),
            Map.entry("DomainResource", "Resource"));

    private TypeHierarchy() {}

    /**
     * Whether a type is another one, or specializes it.
     *
     * @param resource whether it is one of resources
     */
    static boolean isA(String name, boolean resource, String wanted) {
        for (String type = name; type != null; type = parent(type, resource)) {
            if (type.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String parent(String type, boolean resource) {
        if (type.equals(resource ? "Resource" : "Element")) {
            return null;
        }
        return PARENTS.getOrDefault(type, resource ? "DomainResource" : "Element");
    }
}
