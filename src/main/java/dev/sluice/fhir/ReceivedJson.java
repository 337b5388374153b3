package dev.sluice.fhir;

import java.io.InputStream;
import java.math.BigDecimal;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.commons.lang3.StringUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.ValueNode;

/**
 * Parses JSON from a client into a tree. The length of numbers is limited, so that expanding one does not exhaust
 * memory. The number of tokens is limited too, because a token takes more memory than its bytes.
 *
 * <p>Every error in the text is reported as a problem with its position. Safe for use by any number of threads.
 */
public final class ReceivedJson {
    /** The longest number, in characters. */
    static final int MAX_NUMBER_LENGTH = 1_000;

    /** The exponent of a number, one digit before its point, lies between this and its negative. */
    static final int MAX_EXPONENT = 1_000;

    /** A token takes up to 65 bytes in a tree; this limits a tree to a quarter of the heap. */
    static final long MAX_TOKENS = Math.max(1_000_000, Runtime.getRuntime().maxMemory() / 256);

    /** More than this is not kept by a parser that is closed. An exception, which has its parser, may live longer. */
    private static final int LARGE = 1 << 20;

    private static final int QUOTED = 101;
    private static final Pattern ADVICE_FOR_PROGRAMMERS = Pattern.compile(", from `[^`]*`");

    /** The tree reader detects duplicate names at half the cost of the stream's own detection. */
    private static final ObjectReader READER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(FhirJson.MAX_RESOURCE_BYTES)
                            .maxNestingDepth(FhirJson.MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .nodeFactory(new BoundedNumbers())
            .build()
            .reader();

    /** Text that is only split into parts needs no limits on numbers; the parts are parsed separately. */
    private static final JsonFactory PARTS = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(FhirJson.MAX_RESOURCE_BYTES)
                    .maxNestingDepth(100 * FhirJson.MAX_DEPTH)
                    .maxNumberLength(100 * MAX_NUMBER_LENGTH)
                    .build())
            .build();

    private ReceivedJson() {}

    /**
     * A parser that goes through a whole text to cut it into parts; the caller closes it.
     *
     * @throws FhirException 400 if the text begins like one in an encoding that no JSON has
     */
    public static JsonParser parts(byte[] json) {
        return opened(() -> PARTS.createParser(ObjectReadContext.empty(), json));
    }

    /**
     * A parser of a part of an array, for {@link #object}; the caller closes it.
     *
     * @throws FhirException 400 if the text begins like one in an encoding that no JSON has
     */
    public static JsonParser parser(byte[] json, int offset, int length) {
        return opened(() -> length > LARGE
                ? READER.createParser(new ReleasedText(json, offset, length))
                : READER.createParser(json, offset, length));
    }

    /** Jackson looks at the encoding before it has a parser. */
    private static JsonParser opened(Supplier<JsonParser> parser) {
        try {
            return parser.get();
        } catch (JacksonException e) {
            throw FhirException.invalid(
                    "The text is not JSON in UTF-8: its first bytes are those of another encoding.");
        }
    }

    /**
     * Reads the one JSON object that the text is.
     *
     * @param parser one that {@link #parser} gave, or one that shows what it reads
     * @throws FhirException 400 if the text is anything else, with the place; 413 if the tree would be too large
     */
    public static ObjectNode object(JsonParser parser) {
        try {
            JsonNode node = READER.readTree(parser);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (NumberFormatException e) {
            throw FhirException.invalid("The number " + StringUtils.abbreviate(parser.getString(), "…", QUOTED) + " at "
                    + place(parser)
                    + " is out of range: its exponent must lie between -" + MAX_EXPONENT + " and " + MAX_EXPONENT
                    + ". Correct it, or leave the element out.");
        } catch (JacksonException e) {
            throw fault(parser, e);
        }
        throw FhirException.invalid("A resource must be one JSON object, in '{' and '}'.");
    }

    /** The problem that a parser has with a text, and where. */
    public static FhirException fault(JsonParser parser, JacksonException e) {
        if (e instanceof StreamConstraintsException) {
            if (parser.currentTokenCount() > MAX_TOKENS) {
                return FhirException.of(
                        413,
                        "too-costly",
                        "The JSON has more than " + MAX_TOKENS + " names, values and brackets, which is more than this"
                                + " server has memory for. Divide the resource, or give the server a larger heap.");
            }
            return FhirException.invalid("The JSON is beyond what is taken, at " + place(parser) + ": "
                    + ADVICE_FOR_PROGRAMMERS.matcher(e.getOriginalMessage()).replaceAll("") + ".");
        }
        var location = e.getLocation();
        String at =
                location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
        return FhirException.invalid("The text is not valid JSON: " + e.getOriginalMessage() + at);
    }

    /** Where the parser is, such as {@code 'name[0].given[1]'}. */
    private static String place(JsonParser parser) {
        StringBuilder path = new StringBuilder();
        for (TokenStreamContext at = parser.streamReadContext(); at != null; at = at.getParent()) {
            if (at.inArray()) {
                path.insert(0, "[" + at.getCurrentIndex() + "]");
            } else if (at.inObject() && at.currentName() != null) {
                path.insert(0, (path.isEmpty() || path.charAt(0) == '[' ? "" : "."))
                        .insert(0, at.currentName());
            }
        }
        return path.isEmpty() ? "its root" : "'" + StringUtils.abbreviate(path.toString(), "…", QUOTED) + "'";
    }

    /** A text that is not referred to any more when it is closed. */
    private static final class ReleasedText extends InputStream {
        private byte[] text;
        private int at;
        private int end;

        ReleasedText(byte[] text, int offset, int length) {
            this.text = text;
            this.at = offset;
            this.end = offset + length;
        }

        @Override
        public int read() {
            return at < end ? text[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (at == end) {
                return length == 0 ? 0 : -1;
            }
            int read = Math.min(length, end - at);
            System.arraycopy(text, at, target, offset, read);
            at += read;
            return read;
        }

        @Override
        public void close() {
            text = new byte[0];
            end = at;
        }
    }

    /** Refuses the number at which the parser is, as Jackson refuses an exponent beyond int. */
    private static final class BoundedNumbers extends JsonNodeFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public ValueNode numberNode(BigDecimal value) {
            long exponent = (long) value.precision() - value.scale() - 1;
            if (Math.abs(exponent) > MAX_EXPONENT) {
                throw new NumberFormatException("exponent " + exponent);
            }
            return super.numberNode(value);
        }
    }
}
