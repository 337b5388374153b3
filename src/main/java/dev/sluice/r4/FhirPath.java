package dev.sluice.r4;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hl7.fhir.exceptions.FHIRException;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.fhirpath.ExpressionNode;
import org.hl7.fhir.r4.fhirpath.FHIRPathEngine;
import org.hl7.fhir.r4.hapi.ctx.HapiWorkerContext;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.StructureDefinition.StructureDefinitionKind;
import org.jspecify.annotations.Nullable;

/**
 * HAPI's engine for FHIRPath, without the megabytes of definitions that it needs only to validate. It also knows the
 * functions {@code nodesByType} and {@code nodesByName} of Microsoft's anonymizer.
 */
public final class FhirPath {
    /** An expression of a user could make a regular expression take forever. */
    private static final int LONGEST_REGEX_MILLIS = 50;

    /** A FHIR decimal should have at most 18. */
    private static final int MOST_DIGITS = 100;

    /** One for all threads: it has no state but a log of {@code trace()}, which {@link FhirPathCost} refuses. */
    private static final FHIRPathEngine ENGINE = engine();

    private FhirPath() {}

    /**
     * Returns if the text is FHIRPath that can be evaluated in a bounded time.
     *
     * @throws IllegalArgumentException with the reason if it is not
     */
    public static void check(String expression) {
        FhirPathCost.check(parse(expression));
    }

    /**
     * The child of a resource in which everything lies that an expression selects from the resource; empty if that cannot be
     * told.
     *
     * @param expression one that {@link #check} accepts: its functions lead to no other element
     */
    public static Optional<String> branch(String expression) {
        ExpressionNode first = parse(expression);
        boolean isChild = first.getKind() == ExpressionNode.Kind.Name
                && first.getOpNext() == null
                && Character.isLowerCase(first.getName().charAt(0));
        return isChild ? Optional.of(first.getName()) : Optional.empty();
    }

    /** @throws IllegalArgumentException with the reason if it is not FHIRPath */
    static ExpressionNode parse(String expression) {
        FhirPathCost.checkText(expression);
        try {
            return ENGINE.parse(expression);
        } catch (FHIRException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "the FHIRPath expression is not complete", e); // HAPI read beyond its end
        }
    }

    /** Arithmetic would write out all digits of a number such as 1e99999999. */
    static void requireShort(Base element) {
        if (element instanceof DecimalType decimal
                && decimal.getValue() != null
                && (Math.abs((long) decimal.getValue().scale()) > MOST_DIGITS
                        || decimal.getValue().precision() > MOST_DIGITS)) {
            throw new IllegalArgumentException("a number has more than " + MOST_DIGITS + " digits");
        }
    }

    /** Without the cause, whose message may have a value. */
    static IllegalArgumentException failed() {
        return new IllegalArgumentException("the FHIRPath expression cannot be evaluated for it");
    }

    static FHIRPathEngine shared() {
        return ENGINE;
    }

    private static FHIRPathEngine engine() {
        FhirContext context = FhirContext.forR4Cached();
        FHIRPathEngine engine = new FHIRPathEngine(new HapiWorkerContext(context, TypeNames.of(context)));
        engine.setHostServices(new FhirPathFunctions());
        engine.setAllowDoubleQuotes(true);
        engine.setRegexTimeoutMillis(LONGEST_REGEX_MILLIS);
        return engine;
    }

    /** All that the engine needs to know of R4 in order to evaluate {@code as} and {@code ofType}. */
    private record TypeNames(FhirContext context, Map<String, StructureDefinition> byUrl)
            implements IValidationSupport {
        private static final String PREFIX = "http://hl7.org/fhir/StructureDefinition/";

        static TypeNames of(FhirContext context) {
            Set<String> names = new TreeSet<>(context.getResourceTypes());
            context.getElementDefinitions().forEach(type -> names.add(type.getName()));
            return new TypeNames(
                    context, names.stream().collect(Collectors.toMap(name -> PREFIX + name, TypeNames::definition)));
        }

        @Override
        public FhirContext getFhirContext() {
            return context;
        }

        @Override
        @SuppressWarnings("unchecked") // the engine asks for StructureDefinitions, which these are
        public <T extends IBaseResource> List<T> fetchAllStructureDefinitions() {
            return (List<T>) List.copyOf(byUrl.values());
        }

        @Override
        public @Nullable <T extends IBaseResource> T fetchResource(@Nullable Class<T> type, String url) {
            StructureDefinition found = byUrl.get(url);
            return type == null || !type.isInstance(found) ? null : type.cast(found);
        }

        private static StructureDefinition definition(String name) {
            boolean primitive = Character.isLowerCase(name.charAt(0));
            StructureDefinition definition = new StructureDefinition();
            definition.setUrl(PREFIX + name);
            definition.setName(name);
            definition.setType(name);
            definition.setDerivation(StructureDefinition.TypeDerivationRule.SPECIALIZATION);
            definition.setKind(primitive ? StructureDefinitionKind.PRIMITIVETYPE : StructureDefinitionKind.COMPLEXTYPE);
            return definition;
        }
    }
}
