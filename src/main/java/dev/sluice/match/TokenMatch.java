package dev.sluice.match;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.json.JsonText;
import dev.sluice.r4.ElementType;
import dev.sluice.r4.SearchParameter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code code}, {@code system|code}, {@code |code} (without a system) or {@code system|} (any code of it).
 *
 * <p>Codes are compared exactly, strings without regard to case. A {@code code} element states no system: one that is
 * asked for is compared with the system that its binding implies, and is not asked for where HAPI knows none.
 *
 * @param system null if any will do, empty if there must be none
 * @param code null if any will do
 * @see <a href="https://hl7.org/fhir/R4/search.html#token">token</a>
 */
record TokenMatch(@Nullable String system, @Nullable String code) implements ValueMatch {
    /** Types that have no system, so that R4 forbids the pipe. */
    private static final Set<String> BARE = Set.of("ContactPoint", "boolean", "id", "uri");

    static TokenMatch read(SearchParameter parameter, String text) throws InvalidValueException {
        List<String> parts = SearchEscaping.split(text, '|');
        if (parts.size() > 1 && parameter.hasOnly(BARE)) {
            throw new InvalidValueException(
                    "has a '|', but " + parameter.name() + " has no system; write the bare value");
        }
        String last = SearchEscaping.unescape(parts.get(parts.size() - 1));
        if (parameter.hasOnly(Set.of("boolean")) && !last.equals("true") && !last.equals("false")) {
            throw new InvalidValueException("must be 'true' or 'false'");
        }
        if (parameter.hasOnly(Set.of("id")) && !ResourceKey.isId(last)) {
            throw new InvalidValueException(
                    "is no id; an id is 1 to 64 letters, digits, '-' or '.', without a type before it");
        }
        return read(text);
    }

    /** A token that is compared with elements that may have a system. */
    static TokenMatch read(String text) throws InvalidValueException {
        List<String> parts = SearchEscaping.split(text, '|');
        if (parts.size() > 2) {
            throw new InvalidValueException("has more than one '|'; write '\\|' for one that belongs to the value");
        }
        String last = SearchEscaping.unescape(parts.get(parts.size() - 1));
        if (parts.size() == 1) {
            return new TokenMatch(null, last);
        }
        String system = SearchEscaping.unescape(parts.get(0));
        if (system.isEmpty() && last.isEmpty()) {
            throw new InvalidValueException("has neither a system nor a code; write system|code, system| or |code");
        }
        return new TokenMatch(system, last.isEmpty() ? null : last);
    }

    /** None for booleans, which can be implied, and strings, whose case is ignored. Otherwise it is the code, or the system if
     * there is no code. */
    @Override
    public @Nullable String necessary(SearchParameter parameter) {
        if (parameter.has("boolean") || parameter.has("string")) {
            return null;
        }
        return code != null || parameter.has("code") ? code : system;
    }

    @Override
    public @Nullable String key(SearchParameter parameter) {
        return parameter.has("string") ? null : code;
    }

    @Override
    public @Nullable IndexTerm indexTerm(SearchParameter parameter) {
        return parameter.has("boolean") || parameter.has("string") ? null : new IndexTerm.Token(system, code);
    }

    @Override
    public boolean matches(ElementType type, JsonNode element) {
        return switch (type.name()) {
            case "CodeableConcept" -> anyCoding(element.get("coding"));
            case "Coding" -> isCoding(element);
            case "Identifier" -> isIdentifier(element);
            case "ContactPoint" -> pair(null, JsonText.of(element, "value"));
            case "boolean" -> element.isBoolean() && pair(null, String.valueOf(element.booleanValue()));
            case "code" -> implied(type, JsonText.of(element));
            case "string" -> caseless(JsonText.of(element));
            default -> pair(null, JsonText.of(element));
        };
    }

    boolean isCoding(JsonNode coding) {
        return pair(JsonText.of(coding, "system"), JsonText.of(coding, "code"));
    }

    boolean isIdentifier(JsonNode identifier) {
        return pair(JsonText.of(identifier, "system"), JsonText.of(identifier, "value"));
    }

    boolean anyCoding(@Nullable JsonNode codings) {
        if (codings != null && codings.isArray()) {
            for (int i = 0; i < codings.size(); i++) {
                if (isCoding(codings.get(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean pair(@Nullable String actualSystem, @Nullable String actualCode) {
        if (code != null && !code.equals(actualCode)) {
            return false;
        }
        return system == null || system.equals(actualSystem == null ? "" : actualSystem);
    }

    private boolean implied(ElementType type, @Nullable String actual) {
        if (actual == null || (code != null && !code.equals(actual))) {
            return false;
        }
        if (system == null || system.isEmpty()) {
            return true;
        }
        String known = type.codeSystems().get(actual);
        return known == null ? code != null && type.codeSystems().isEmpty() : system.equals(known);
    }

    private boolean caseless(@Nullable String actual) {
        return actual != null && (system == null || system.isEmpty()) && actual.equalsIgnoreCase(code);
    }
}
