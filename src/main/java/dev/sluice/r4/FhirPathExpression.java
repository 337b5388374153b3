package dev.sluice.r4;

import ca.uhn.fhir.context.FhirContext;
import java.util.List;
import org.hl7.fhir.r4.fhirpath.ExpressionNode;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.jspecify.annotations.Nullable;

/**
 * An expression about one primitive value, {@code $this}. Its faults say nothing of the value. Safe for use by any number of
 * threads.
 */
public final class FhirPathExpression {
    private final ExpressionNode expression;

    private FhirPathExpression(ExpressionNode expression) {
        this.expression = expression;
    }

    /** The expression that a text is, which {@link FhirPath#check} accepts. */
    public static FhirPathExpression of(String text) {
        return new FhirPathExpression(FhirPath.parse(text));
    }

    /**
     * Whether it is true of a value. Nothing is not true, and anything but a boolean is.
     *
     * @param type the type of the value, such as {@code date}
     * @throws IllegalArgumentException if it cannot be evaluated for the value
     */
    public boolean isTrue(String type, String value) {
        return FhirPath.shared().convertToBoolean(evaluate(type, value));
    }

    /**
     * What it makes of a value; null for nothing.
     *
     * @param type the type of the value, such as {@code date}
     * @throws IllegalArgumentException if it cannot be evaluated for the value
     */
    public @Nullable String result(String type, String value) {
        List<Base> found = evaluate(type, value);
        if (found.size() > 1 || (found.size() == 1 && !found.get(0).isPrimitive())) {
            throw new IllegalArgumentException("the expression gives more than one value");
        }
        return found.isEmpty() ? null : found.get(0).primitiveValue();
    }

    private List<Base> evaluate(String type, String value) {
        try {
            PrimitiveType<?> element = (PrimitiveType<?>)
                    FhirContext.forR4Cached().getElementDefinition(type).newInstance();
            element.setValueAsString(value);
            FhirPath.requireShort(element);
            return FhirPath.shared().evaluate(element, expression);
        } catch (RuntimeException e) {
            throw FhirPath.failed();
        }
    }
}
