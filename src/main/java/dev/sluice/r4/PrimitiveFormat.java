package dev.sluice.r4;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.json.JsonTape;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How JSON spells the values of one primitive type of R4.
 *
 * @param name the type as FHIR spells it
 * @param json the kind of JSON value
 * @param form what the text or number must be, to end the sentence "it must be …"
 * @param fits whether a value of this kind has this form
 * @see <a href="https://hl7.org/fhir/R4/datatypes.html#primitive">primitive types</a>
 */
record PrimitiveFormat(String name, Json json, String form, Predicate<JsonNode> fits) {
    /** What R4 writes a primitive as. */
    enum Json {
        BOOLEAN("true or false, without quotes"),
        NUMBER("a number, without quotes"),
        STRING("a string, in double quotes");

        private final String form;

        Json(String form) {
            this.form = form;
        }

        boolean is(JsonNode value) {
            return switch (this) {
                case BOOLEAN -> value.isBoolean();
                case NUMBER -> value.isNumber();
                case STRING -> value.isString();
            };
        }

        private boolean is(JsonTape tape, int node) {
            boolean word = tape.kind(node) == JsonTape.WORD;
            byte first = tape.json()[tape.start(node)];
            return switch (this) {
                case BOOLEAN -> word && (first == 't' || first == 'f');
                case NUMBER -> word && first != 't' && first != 'f';
                case STRING -> tape.kind(node) == JsonTape.STRING;
            };
        }
    }

    /** Texts that have no form of their own may be long; the patterns below are for short ones. */
    private static final int LONGEST = 200;

    /** Their values may say anything, or each value of their kind is one. */
    private static final Set<String> FREE = Set.of("boolean", "decimal", "string", "markdown", "xhtml", "base64Binary");

    /** A text without white space is one of these. */
    private static final Set<String> SYMBOLS = Set.of("code", "uri", "url", "canonical");

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

    private static final BitSet BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
            .chars()
            .collect(BitSet::new, BitSet::set, BitSet::or);

    private static final String DAY = "(?!0000)\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])";
    private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?";
    private static final String INSTANT = DAY + "T" + TIME + "(Z|[+-]((0\\d|1[0-3]):[0-5]\\d|14:00))";
    private static final String DATE = "(?!0000)\\d{4}(-(0[1-9]|1[0-2]))?|" + DAY;

    private static final Map<String, PrimitiveFormat> ALL = Stream.of(
                    new PrimitiveFormat("boolean", Json.BOOLEAN, Json.BOOLEAN.form, value -> true),
                    new PrimitiveFormat("decimal", Json.NUMBER, Json.NUMBER.form, value -> true),
                    integer("integer", "a whole number of 32 bits", Integer.MIN_VALUE),
                    integer("unsignedInt", "a whole number from 0 to 2147483647", 0),
                    integer("positiveInt", "a whole number from 1 to 2147483647", 1),
                    text("string", "a text that is not empty", text -> !text.isEmpty()),
                    text("markdown", "a text that is not empty", text -> !text.isEmpty()),
                    text("xhtml", "one <div> element of well-formed XHTML that is not empty", NarrativeDiv::isValid),
                    text("code", "a text without white space at its ends or twice in a row", PrimitiveFormat::isCode),
                    text("id", "1 to 64 letters, digits, '-' and '.'", ResourceKey::isId),
                    text("uri", "a URI, without white space", PrimitiveFormat::isUri),
                    text("url", "a URL, without white space", PrimitiveFormat::isUri),
                    text("canonical", "a URI, without white space", PrimitiveFormat::isUri),
                    text("base64Binary", "base64", PrimitiveFormat::isBase64),
                    pattern("oid", "such as urn:oid:1.2.3", "urn:oid:[0-2](\\.(0|[1-9]\\d*))+"),
                    pattern(
                            "uuid",
                            "such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                            "urn:uuid:[0-9a-f]{8}" + "(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
                    pattern("time", "a time such as 14:30:00", TIME),
                    date("date", "a date such as 2024, 2024-05 or 2024-05-31", DATE),
                    date(
                            "dateTime",
                            "a date such as 2024, 2024-05, 2024-05-31 or 2024-05-31T14:30:00Z",
                            DATE + "|" + INSTANT),
                    date("instant", "a time with its zone, such as 2024-05-31T14:30:00Z", INSTANT))
            .collect(Collectors.toUnmodifiableMap(PrimitiveFormat::name, format -> format));

    /** The format of a type, by the name that FHIR gives it. */
    static PrimitiveFormat of(String type) {
        return find(type).orElseThrow(() -> new IllegalStateException(type + " is no primitive type of R4"));
    }

    /** The same; empty if no primitive type has this name. */
    static Optional<PrimitiveFormat> find(String type) {
        return Optional.ofNullable(ALL.get(type));
    }

    /** What a value must be and is not, to end the sentence "it must be …"; null if nothing is wrong. */
    @Nullable
    String fault(JsonNode value) {
        if (!json.is(value)) {
            return json.form;
        }
        if (value.isString() && value.stringValue().indexOf('\0') >= 0) {
            return "a text without the character NUL";
        }
        return fits.test(value) ? null : form;
    }

    /** Whether a value is of the kind of JSON that this type has. */
    boolean hasKind(JsonTape tape, int node) {
        return json.is(tape, node);
    }

    /** Whether values of this kind may say anything, so that their form is not checked: free text and base64. */
    boolean isFree() {
        return FREE.contains(name);
    }

    /** Whether a text without white space is a value. */
    boolean isSymbol() {
        return SYMBOLS.contains(name);
    }

    /** Whether a value of this kind has the form of its type. */
    boolean hasForm(JsonTape tape, int node) {
        return fault(FhirJson.stored(tape.json(), tape.start(node), tape.end(node))) == null;
    }

    /** Whether a text is not empty and has no white space. JSON has other white space than blanks only as escapes. */
    static boolean isWithoutSpace(JsonTape tape, int node) {
        byte[] json = tape.json();
        int end = tape.end(node) - 1;
        for (int i = tape.start(node) + 1; i < end; i++) {
            if (json[i] == ' ') {
                return false;
            }
        }
        return end > tape.start(node) + 1 && !tape.isEscaped(node);
    }

    /** What a text must be in order to be written as such a value, and is not; null if nothing is wrong. */
    @Nullable
    String faultOfWord(String text) {
        return switch (json) {
            case STRING -> null;
            case BOOLEAN -> text.equals("true") || text.equals("false") ? null : json.form;
            case NUMBER ->
                text.length() <= LONGEST && NUMBER.matcher(text).matches()
                        ? fault(FhirJson.MAPPER.readTree(text))
                        : json.form;
        };
    }

    private static PrimitiveFormat text(String name, String form, Predicate<String> fits) {
        return new PrimitiveFormat(name, Json.STRING, form, value -> fits.test(value.stringValue()));
    }

    private static PrimitiveFormat integer(String name, String form, int least) {
        return new PrimitiveFormat(
                name,
                Json.NUMBER,
                form,
                value -> value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= least);
    }

    private static PrimitiveFormat pattern(String name, String form, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return text(
                name,
                form,
                text -> text.length() <= LONGEST && pattern.matcher(text).matches());
    }

    private static PrimitiveFormat date(String name, String form, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return text(
                name,
                form,
                text -> text.length() <= LONGEST && pattern.matcher(text).matches() && hasItsDay(text));
    }

    /** Whether the month of a date that fits its pattern has such a day. */
    private static boolean hasItsDay(String date) {
        try {
            return date.length() < 10 || !LocalDate.parse(date.substring(0, 10)).equals(LocalDate.MAX);
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isCode(String text) {
        boolean space = true; // none may come first
        for (int i = 0; i < text.length(); i++) {
            boolean here = isSpace(text.charAt(i));
            if (here && space) {
                return false;
            }
            space = here;
        }
        return !space;
    }

    private static boolean isUri(String text) {
        return !text.isEmpty() && text.chars().noneMatch(PrimitiveFormat::isSpace);
    }

    /** Groups of four; where there is white space between them, of a long one only the beginning may be seen. */
    private static boolean isBase64(String text) {
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = BASE64.get(c);
            if (!digit && !isSpace(c)) {
                return false;
            }
            digits += digit ? 1 : 0;
        }
        return digits > 0 && (digits % 4 == 0 || digits < text.length());
    }

    private static boolean isSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
