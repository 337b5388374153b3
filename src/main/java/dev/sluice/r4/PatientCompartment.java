package dev.sluice.r4;

import ca.uhn.fhir.context.FhirContext;
import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ElementPath.Fields;
import dev.sluice.r4.ElementPath.RefersTo;
import dev.sluice.r4.ElementPath.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the patients in whose compartments a resource is: those that it refers to in the elements of R4's Patient
 * compartment.
 *
 * <p>Only literal references to a Patient of this server count: relative ones, and absolute ones below one of the
 * server's own bases. Contained resources, {@code urn:} and conditional references and bare identifiers do not. Safe
 * for any number of threads.
 *
 * @see <a href="https://hl7.org/fhir/R4/compartmentdefinition-patient.html">the Patient compartment</a>
 */
public final class PatientCompartment {
    private static final RefersTo REFERS_TO_PATIENT = new RefersTo(ResourceType.PATIENT.name());

    private final SearchParameters parameters;
    private final Map<ResourceType, List<ElementPath>> places = new ConcurrentHashMap<>();

    /** @param parameters that define the places */
    public PatientCompartment(SearchParameters parameters) {
        this.parameters = parameters;
    }

    /** Whether resources of this type can be in a patient's compartment at all. */
    public boolean covers(ResourceType type) {
        return !places(type).isEmpty();
    }

    /** Whether a resource of this type is in the compartment of every Patient of this server to which this path refers. */
    public boolean covers(ResourceType type, ElementPath path) {
        return places(type).stream().anyMatch(place -> isAt(place, path));
    }

    private static boolean isAt(ElementPath place, ElementPath path) {
        if (!(place instanceof Fields own) || !(path instanceof Fields other)) {
            return false;
        }
        boolean same = own.steps().size() == other.steps().size();
        for (int i = 0; same && i < own.steps().size(); i++) {
            Step step = own.steps().get(i);
            same = step.field().equals(other.steps().get(i).field())
                    && !step.onlyFirst()
                    && (step.condition() == null || step.condition().equals(REFERS_TO_PATIENT));
        }
        return same;
    }

    /** The 66 types of the compartment, with Patient itself, by name. */
    public Set<ResourceType> types() {
        return ResourceType.all().stream().filter(this::covers).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The patients of a resource.
     *
     * @param ids their logical ids, each once, in document order
     * @param elsewhere whether it refers to some by URLs that are not this server's
     */
    public record Found(List<String> ids, boolean elsewhere) {}

    /**
     * The patients that a resource belongs to.
     *
     * @param id the resource's own id; of a Patient it comes first, before the patients that it links to
     * @param ownBase whether a base URL, without a slash at its end, is this server's own
     */
    public Found find(ResourceType type, String id, ObjectNode resource, Predicate<String> ownBase) {
        if (!covers(type)) {
            return new Found(List.of(), false);
        }
        Set<String> ids = new LinkedHashSet<>();
        Set<String> elsewhere = new HashSet<>();
        if (type.equals(ResourceType.PATIENT)) {
            ids.add(id);
        }
        for (ElementPath path : places(type)) {
            path.any(resource, element -> {
                LiteralReference reference = LiteralReference.in(element);
                if (reference != null && reference.type().equals(ResourceType.PATIENT)) {
                    (reference.isLocal(ownBase) ? ids : elsewhere).add(reference.id());
                }
                return false;
            });
        }
        return new Found(List.copyOf(ids), !elsewhere.isEmpty());
    }

    /** The elements that refer to the patients. */
    List<ElementPath> places(ResourceType type) {
        return places.computeIfAbsent(type, this::read);
    }

    /** HAPI marks the parameters. It counts Device in, which the definition does not. */
    private List<ElementPath> read(ResourceType type) {
        List<ElementPath> found = new ArrayList<>();
        if (!type.name().equals("Device")) {
            FhirContext.forR4Cached()
                    .getResourceDefinition(type.name())
                    .getSearchParamsForCompartmentName("Patient")
                    .stream()
                    .flatMap(source -> parameters.find(type, source.getName()).orElseThrow().paths().stream())
                    .sorted(Comparator.comparing(PatientCompartment::isConditional)) // a test costs time in an import
                    .filter(path -> found.stream().noneMatch(place -> isAt(place, path)))
                    .forEach(found::add);
        }
        return found;
    }

    private static boolean isConditional(ElementPath path) {
        return path instanceof Fields fields && fields.steps().stream().anyMatch(step -> step.condition() != null);
    }
}
