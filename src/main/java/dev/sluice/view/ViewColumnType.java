package dev.sluice.view;

import dev.sluice.json.JsonTape;
import java.math.BigDecimal;

/**
 * How the values of a column are represented, as SQL on FHIR maps the types of FHIR.
 *
 * @see <a href="https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html#type-hinting-with-tags">type mappings</a>
 */
public enum ViewColumnType {
    BOOLEAN,
    /** 32 bits. */
    INTEGER,
    /** 64 bits. */
    LONG,
    DECIMAL,
    /** Texts, and dates and times as they are written. */
    STRING,
    /** A time with its zone. */
    INSTANT,
    /** Base64. */
    BINARY,
    /** An element that is not primitive, as JSON. */
    JSON;

    private static final String PREFIX = "http://hl7.org/fhir/StructureDefinition/";

    /** The name of a type without the prefix of its URL. */
    static String name(String uri) {
        return uri.startsWith(PREFIX) ? uri.substring(PREFIX.length()) : uri;
    }

    /** The representation of a type of FHIR. */
    static ViewColumnType of(String type) {
        return switch (type) {
            case "boolean" -> BOOLEAN;
            case "integer", "positiveInt", "unsignedInt" -> INTEGER;
            case "integer64" -> LONG;
            case "decimal" -> DECIMAL;
            case "instant" -> INSTANT;
            case "base64Binary" -> BINARY;
            default -> !type.isEmpty() && Character.isLowerCase(type.charAt(0)) ? STRING : JSON;
        };
    }

    /** Whether a column of this type can have the values of another one. */
    boolean accepts(ViewColumnType other) {
        return switch (this) {
            case STRING, INSTANT, BINARY -> other == STRING || other == INSTANT || other == BINARY;
            case LONG, DECIMAL -> other == this || other == INTEGER;
            default -> other == this;
        };
    }

    /** Whether a column of this type can have an element. */
    boolean accepts(JsonTape tape, int node) {
        return switch (tape.kind(node)) {
            case JsonTape.STRING -> this == STRING || this == INSTANT || this == BINARY || this == LONG;
            case JsonTape.WORD -> {
                byte first = tape.json()[tape.start(node)];
                boolean bool = first == 't' || first == 'f';
                yield bool ? this == BOOLEAN : this == INTEGER || this == LONG || this == DECIMAL;
            }
            default -> this == JSON;
        };
    }

    /** Whether a column of this type can have a computed value. */
    boolean accepts(Object value) {
        if (value instanceof Boolean) {
            return this == BOOLEAN;
        }
        if (value instanceof Integer) {
            return this == INTEGER || this == LONG || this == DECIMAL;
        }
        return value instanceof BigDecimal ? this == DECIMAL : this == STRING || this == INSTANT || this == BINARY;
    }
}
