package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.TopLevelScanner;
import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Reduces a resource to the requested elements, whose bytes stay as they are stored, and tags it as incomplete.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#elements">R4 search, _elements</a>
 */
public final class ElementsProjection {
    private static final String SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    private static final String SUBSETTED = "SUBSETTED";
    private static final TopLevelScanner TAG = new TopLevelScanner(Set.of("tag"));
    private static final String TEXT = "{\"system\":\"" + SYSTEM + "\",\"code\":\"" + SUBSETTED + "\"}";
    private static final byte[] MARK = TEXT.getBytes(UTF_8);
    private static final byte[] NEXT_MARK = ("," + TEXT).getBytes(UTF_8);
    private static final byte[] FIRST_TAG = (",\"tag\":[" + TEXT + "]}").getBytes(UTF_8);
    private static final byte[] META = "\"meta\":".getBytes(UTF_8);

    private final TopLevelScanner staying;

    /** @param staying names of the properties that are kept; they include {@code meta} */
    public ElementsProjection(Set<String> staying) {
        this.staying = new TopLevelScanner(staying);
    }

    /**
     * The reduced form of a stored line, without its newline.
     *
     * @param problem takes issues about content that R4 does not allow
     */
    byte[] of(byte[] buffer, int offset, int length, Consumer<String> problem) {
        ByteArrayOutputStream left = new ByteArrayOutputStream(length);
        staying.each(buffer, offset, length, (name, start, value, end) -> {
            left.write(left.size() == 0 ? '{' : ',');
            if (name.equals("meta")) {
                left.writeBytes(META);
                mark(buffer, value, end, left, problem);
            } else {
                left.write(buffer, start, end - start);
            }
        });
        left.write('}');
        return left.toByteArray();
    }

    /** A meta has a version or a security label at least, so a tag is never its first property. */
    private static void mark(byte[] buffer, int start, int end, ByteArrayOutputStream left, Consumer<String> problem) {
        int[] tags = {start, start};
        TAG.each(buffer, start, end - start, (name, at, value, valueEnd) -> {
            tags[0] = value;
            tags[1] = valueEnd;
        });
        int closing = tags[1] - 1;
        if (closing < start) {
            left.write(buffer, start, end - 1 - start);
            left.writeBytes(FIRST_TAG);
        } else if (buffer[closing] != ']') {
            problem.accept("has a meta.tag that is no array. It is left as it is, without the tag " + SUBSETTED
                    + ", although only the requested elements are left.");
            left.write(buffer, start, end - start);
        } else if (isMarked(FhirJson.stored(buffer, tags[0], tags[1]))) {
            left.write(buffer, start, end - start);
        } else {
            left.write(buffer, start, closing - start);
            left.writeBytes(buffer[closing - 1] == '[' ? MARK : NEXT_MARK);
            left.write(buffer, closing, end - closing);
        }
    }

    private static boolean isMarked(JsonNode tags) {
        return tags.valueStream().anyMatch(tag -> tag.path("code").asString("").equals(SUBSETTED));
    }
}
