package dev.sluice.rulepath;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The path of a rule: which elements of a resource it selects.
 *
 * @param text as it is in the file
 * @param type the resource type to which the rule applies; null if to all
 * @param expression the path from a resource of this type, in FHIRPath
 * @param steps the same, compiled; null if only an engine for FHIRPath can tell what it selects
 */
public record RulePath(
        String text,
        @Nullable String type,
        String expression,
        @Nullable List<Step> steps) {

    /** How texts, dates and numbers begin in FHIRPath. */
    private static final Pattern VALUES = Pattern.compile("['\"`@0-9]");

    /** One part of a compiled path. */
    public sealed interface Step {}

    /** The children of this name; {@code value[x]} has the name {@code value}. */
    public record Child(String name) implements Step {}

    /** {@code children()}. */
    public record AnyChild() implements Step {}

    /** {@code descendants()}, also those in the resources of this resource. */
    public record Descendants() implements Step {}

    /**
     * {@code nodesByType('T')}: the element itself and what is below it, but for the content of resources in it.
     *
     * @param fromResource whether the resource itself is left out, since the path begins so
     */
    public record NodesByType(String type, boolean fromResource) implements Step {}

    /**
     * {@code nodesByName('n')}: the element itself and what is below it, but for the content of resources in it.
     *
     * @param fromResource whether the resource itself is left out, since the path begins so
     */
    public record NodesByName(String name, boolean fromResource) implements Step {}

    /** {@code as T}, {@code ofType(T)}: only elements of this very type. */
    public record OfType(String type) implements Step {}

    /** {@code where(a.b = 'text')}: only elements with one such descendant, and with this text. */
    public record WhereText(List<String> names, String text) implements Step {}

    /** {@code where(a.b.exists())}: only elements with such a descendant. */
    public record WhereExists(List<String> names) implements Step {}

    /** Whether HAPI's engine for FHIRPath has to evaluate it, for each resource of its type. */
    public boolean needsFhirPath() {
        return steps == null;
    }

    /** Whether it is compiled and asks for the content of elements. */
    public boolean hasConditions() {
        return steps != null
                && steps.stream().anyMatch(step -> step instanceof WhereText || step instanceof WhereExists);
    }

    /** Whether it may have a value of a resource, to which elements are compared. */
    public boolean hasValues() {
        return steps == null
                ? VALUES.matcher(expression).find()
                : steps.stream().anyMatch(step -> step instanceof WhereText);
    }

    /** Whether it applies to resources of this type. */
    public boolean appliesTo(String resourceType) {
        return type == null || type.equals(resourceType);
    }
}
