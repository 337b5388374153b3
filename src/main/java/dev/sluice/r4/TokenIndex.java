package dev.sluice.r4;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Computes the entries of a resource in the token index of the store, and the lookups of filters in it: identifiers, and
 * the codes of every CodeableConcept and Coding that a token parameter names.
 *
 * <p>The number of a code is a hash of the element's path and the code, without the system: the index preselects, the
 * filter decides. Stored rows depend on it: raise {@link #VERSION} with every change, so that lookups do not use
 * entries that older rows lack. Safe for use by any number of threads.
 */
public final class TokenIndex {
    /** The version of the way in which hashes are made. */
    public static final int VERSION = 2;

    /**
     * The hash of resources that refer to their patient by a URL that was not this server's when they were written. A
     * patient may be missing in their compartments once the server has other bases.
     */
    public static final long UNKNOWN_PATIENT_URL =
            ByteBuffer.wrap(IdentifierHash.digest("patient|elsewhere")).getLong();

    /** Longer codes are not looked up; of very long ones the store does not see the end. */
    private static final int LONGEST = 1_000;

    private static final Set<String> CODED = Set.of("CodeableConcept", "Coding");

    private final SearchParameters parameters;
    private final Map<ResourceType, Map<String, ElementPath.Fields>> places = new ConcurrentHashMap<>();

    /** @param parameters whose places are indexed */
    public TokenIndex(SearchParameters parameters) {
        this.parameters = parameters;
    }

    /**
     * The numbers of a resource, in ascending order, each once.
     *
     * @param elsewhere whether it is to be marked as {@link #UNKNOWN_PATIENT_URL}
     */
    public long[] of(ResourceType type, ObjectNode resource, boolean elsewhere) {
        LongStream.Builder numbers = LongStream.builder();
        if (elsewhere) {
            numbers.add(UNKNOWN_PATIENT_URL);
        }
        for (long identifier : IdentifierHash.of(type, resource)) {
            numbers.add(identifier);
        }
        places(type)
                .forEach((place, path) -> path.any(resource, element -> {
                    add(place, path.type().name(), element, numbers);
                    return false;
                }));
        return numbers.build().sorted().distinct().toArray();
    }

    /**
     * A code to look up.
     *
     * @param system its system, which matters for identifiers only; null = any
     */
    public record Code(@Nullable String system, String code) {}

    /**
     * The hashes by which resources are found whose parameter has one of these codes: each such resource has at least one of
     * them. Null if the index does not cover the parameter, or a code is too long.
     */
    public long @Nullable [] numbers(ResourceType type, SearchParameter parameter, List<Code> codes) {
        LongStream.Builder numbers = LongStream.builder();
        for (ElementPath path : parameter.paths()) {
            String place = place(path);
            boolean identifier = path.type().name().equals("Identifier") && place.equals("identifier");
            if (!identifier && !places(type).containsKey(place)) {
                return null;
            }
            for (Code code : codes) {
                if (code.code().length() > LONGEST) {
                    return null;
                }
                numbers.add(identifier ? IdentifierHash.identifier(code.system, code.code) : number(place, code.code));
            }
        }
        return numbers.build().distinct().toArray();
    }

    private Map<String, ElementPath.Fields> places(ResourceType type) {
        return places.computeIfAbsent(type, this::read);
    }

    private Map<String, ElementPath.Fields> read(ResourceType type) {
        Map<String, ElementPath.Fields> found = new TreeMap<>();
        for (SearchParameter parameter : parameters.of(type)) {
            for (ElementPath path : parameter.paths()) {
                String place = place(path);
                if (parameter.kind() == SearchParamType.TOKEN
                        && path instanceof ElementPath.Fields fields
                        && CODED.contains(path.type().name())
                        && !place.isEmpty()) {
                    found.put(place, fields);
                }
            }
        }
        return found;
    }

    /** The names of the fields; empty if it depends on more than these. */
    private static String place(ElementPath path) {
        if (!(path instanceof ElementPath.Fields fields)) {
            return "";
        }
        List<String> names = new ArrayList<>();
        for (ElementPath.Step step : fields.steps()) {
            if (step.onlyFirst() || step.condition() != null) {
                return "";
            }
            names.add(step.field());
        }
        return String.join(".", names);
    }

    private static void add(String place, String type, JsonNode element, LongStream.Builder numbers) {
        if (type.equals("Coding")) {
            addCode(place, element, numbers);
            return;
        }
        JsonNode codings = element.get("coding");
        for (int i = 0; codings != null && i < codings.size(); i++) {
            JsonNode coding = codings.get(i);
            if (coding != null) {
                addCode(place, coding, numbers);
            }
        }
    }

    private static void addCode(String place, JsonNode coding, LongStream.Builder numbers) {
        String code = JsonText.of(coding, "code");
        if (code != null) {
            numbers.add(number(place, code));
        }
    }

    private static long number(String place, String code) {
        return ByteBuffer.wrap(IdentifierHash.digest("code|" + place + "|" + code))
                .getLong();
    }
}
