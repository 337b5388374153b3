package dev.sluice.match;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.LiteralReference;
import dev.sluice.r4.R4Structure;
import dev.sluice.r4.SearchParameter;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code Type/id}, a bare id, an absolute URL, or a canonical URL with or without {@code |version}.
 *
 * @param text the value as written
 * @param literal the value as a type and an id; null if it is none
 * @param ownBase whether a base URL is this server's own, so that what follows it equals a relative reference
 * @see <a href="https://hl7.org/fhir/R4/search.html#reference">reference</a>
 */
public record ReferenceMatch(String text, @Nullable LiteralReference literal, Predicate<String> ownBase)
        implements ValueMatch {
    private static final int NAMED_TARGETS = 5;

    /** Those that state the type and the id of what they refer to. */
    static final Set<String> BY_TYPE = Set.of("Reference", R4Structure.RESOURCE);

    /** Those that state a URL that means a resource wherever it is. */
    static final Set<String> BY_URL = Set.of("canonical", "uri");

    public static ReferenceMatch read(String text, Predicate<String> ownBase) throws InvalidValueException {
        LiteralReference literal = LiteralReference.parse(text);
        if (literal != null && literal.version() != null) {
            throw new InvalidValueException(
                    "names a version; leave out '/_history/…', for references match in any version");
        }
        if (literal == null && !ResourceKey.isId(text) && text.indexOf(':') < 0) {
            int slash = text.indexOf('/');
            boolean unknownType =
                    slash > 0 && ResourceType.find(text.substring(0, slash)).isEmpty();
            throw new InvalidValueException("is no reference; write Type/id, an id or an absolute URL"
                    + (unknownType ? ": " + ResourceType.unknown(FilterIssues.cut(text.substring(0, slash))) : ""));
        }
        return new ReferenceMatch(text, literal, ownBase);
    }

    /**
     * The value of {@code subject:Patient=1}.
     *
     * @param type the type in the modifier
     */
    public static ReferenceMatch read(String text, ResourceType type, Predicate<String> ownBase)
            throws InvalidValueException {
        if (ResourceKey.isId(text)) {
            return read(type + "/" + text, ownBase);
        }
        ReferenceMatch match = read(text, ownBase);
        if (match.literal == null || !match.literal.type().equals(type)) {
            throw new InvalidValueException("is no " + type + "; write an id or " + type + "/id");
        }
        return match;
    }

    /** The type and id contain no character that JSON must escape, and stand in each form of the reference. */
    @Override
    public @Nullable String necessary(SearchParameter parameter) {
        if (literal == null) {
            return text;
        }
        return parameter.has(R4Structure.RESOURCE) ? literal.id() : literal.type() + "/" + literal.id();
    }

    @Override
    public @Nullable String key(SearchParameter parameter) {
        if (parameter.hasOnly(BY_TYPE)) {
            return literal == null ? text : literal.id();
        }
        return parameter.hasOnly(BY_URL) ? text : null;
    }

    @Override
    public @Nullable IndexTerm indexTerm(SearchParameter parameter) {
        if (!parameter.hasOnly(Set.of("Reference"))) {
            return null;
        }
        if (literal != null) {
            return literal.isLocal(ownBase) ? new IndexTerm.Reference(literal.type(), literal.id()) : null;
        }
        return ResourceKey.isId(text) ? new IndexTerm.Reference(null, text) : null;
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        if (type.name().equals(R4Structure.RESOURCE)) {
            return isResource(element);
        }
        if (!type.name().equals("Reference")) {
            return isCanonical(JsonText.of(element));
        }
        LiteralReference actual = LiteralReference.in(element);
        if (actual == null) {
            return text.equals(JsonText.of(element, "reference"));
        }
        if (literal == null) {
            return actual.id().equals(text) && actual.isLocal(ownBase);
        }
        return actual.type().equals(literal.type())
                && actual.id().equals(literal.id())
                && (actual.base().equals(literal.base()) || (actual.isLocal(ownBase) && literal.isLocal(ownBase)));
    }

    private boolean isResource(JsonNode resource) {
        String id = JsonText.of(resource, "id");
        return literal == null
                ? text.equals(id)
                : literal.isLocal(ownBase)
                        && literal.id().equals(id)
                        && literal.type().name().equals(JsonText.of(resource, "resourceType"));
    }

    /** A value without a version means any version. */
    private boolean isCanonical(@Nullable String actual) {
        return actual != null && (actual.equals(text) || UriMatch.isVersionOf(actual, text));
    }

    /** What to say of a type that a reference does not refer to. */
    public static String noTarget(SearchParameter reference, ResourceType type) {
        List<ResourceType> targets = reference.targets();
        String some =
                targets.stream().limit(NAMED_TARGETS).map(ResourceType::name).collect(Collectors.joining(", "));
        return "looks for " + type + " in " + reference + ", which refers to " + some
                + (targets.size() > NAMED_TARGETS ? " and others" : "") + " only";
    }
}
