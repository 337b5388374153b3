package dev.sluice.rulepath;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import dev.sluice.rulepath.PathState.Role;
import java.util.Arrays;
import java.util.Locale;
import java.util.Locale.IsoCountryCode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The parameter {@code strictValues}: whether a value has the form that such values have, so that it may be kept. Anything
 * else could be a text that somebody entered there.
 */
public final class StrictValues {
    private static final byte[] CODE = "code".getBytes(UTF_8);
    private static final byte[] UNIT = "unit".getBytes(UTF_8);
    private static final byte[] COMPARATOR = "comparator".getBytes(UTF_8);

    private static final String TYPE_URL = "http://hl7.org/fhir/StructureDefinition/";

    /** R4 allows these in an Age, and none is longer than a year, so that 89 of them are at most 89 years. */
    private static final Set<String> AGE_UNITS = Set.of("a", "mo", "wk", "d", "h", "min", "s");

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final Set<String> COUNTRIES_OF_3_LETTERS = Locale.getISOCountries(IsoCountryCode.PART1_ALPHA3);
    private static final Set<String> STATES =
            Set.of(("alabama,alaska,american samoa,arizona,arkansas,california,colorado,connecticut,delaware,"
                            + "district of columbia,florida,georgia,guam,hawaii,idaho,illinois,indiana,iowa,kansas,"
                            + "kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,"
                            + "missouri,montana,nebraska,nevada,new hampshire,new jersey,new mexico,new york,"
                            + "north carolina,north dakota,northern mariana islands,ohio,oklahoma,oregon,"
                            + "pennsylvania,puerto rico,rhode island,south carolina,south dakota,tennessee,texas,"
                            + "utah,vermont,virgin islands,virginia,washington,west virginia,wisconsin,wyoming")
                    .split(",", -1));

    /** Of any country. */
    private static final Pattern POSTAL_CODE = Pattern.compile("(?=.*[0-9])[0-9A-Za-z -]{1,10}");

    /** Without a code, a unit is needed to understand the number. */
    private static final int LONGEST_UNIT = 12;

    /** No usual value is longer, and a text of many megabytes need not be copied to find that out. */
    private static final int LONGEST = 2_000;

    private StrictValues() {}

    /**
     * Whether a value may be kept.
     *
     * @param object that it is in
     */
    public static boolean isUsual(JsonTape tape, int object, int node, Role role) {
        if (role == Role.OTHER) {
            return true;
        }
        return isShort(tape, node) && hasUsualForm(tape, object, node, role);
    }

    private static boolean hasUsualForm(JsonTape tape, int object, int node, Role role) {
        return switch (role) {
            case AGE -> tape.find(object, COMPARATOR) < 0 && AGE_UNITS.contains(text(tape, object, CODE));
            case QUANTITY -> isNoHighAge(tape, object, node);
            case INTEGER, UNSIGNED_INT, POSITIVE_INT -> TimeUnits.isAtMost89(tape.text(node));
            case STATE -> isState(tape.text(node));
            case COUNTRY -> isCountry(tape.text(node));
            case REFERENCE_TYPE -> isType(tape.text(node));
            case POSTAL_CODE -> POSTAL_CODE.matcher(tape.text(node)).matches();
            case UNIT -> isUnit(tape, node, tape.find(object, CODE));
            case URI -> isOf(tape, node, ":/._-~%|+");
            case NAME -> isOf(tape, node, "/._-+");
            default -> true;
        };
    }

    /** A number without a unit could be an age, too. */
    private static boolean isNoHighAge(JsonTape tape, int quantity, int value) {
        int given = tape.find(quantity, UNIT);
        if (given >= 0 && !isShort(tape, given)) {
            return false;
        }
        String code = text(tape, quantity, CODE);
        String unit = text(tape, quantity, UNIT);
        if (TimeUnits.perYear(code) == TimeUnits.NONE && TimeUnits.perYear(unit) == TimeUnits.NONE) {
            boolean unknown = code.isEmpty() && unit.isEmpty();
            return !unknown || TimeUnits.isAtMost89(tape.text(value));
        }
        return tape.find(quantity, COMPARATOR) < 0 && TimeUnits.isAtMost89Years(tape.text(value), code, unit);
    }

    private static boolean isUnit(JsonTape tape, int unit, int code) {
        if (code >= 0) {
            return isShort(tape, code) && isEqual(tape, unit, code);
        }
        String text = tape.text(unit);
        return text.length() <= LONGEST_UNIT && text.chars().noneMatch(Character::isWhitespace);
    }

    private static boolean isState(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean code = lower.length() == 2 && isLetter(lower.charAt(0)) && isLetter(lower.charAt(1));
        return code || STATES.contains(lower);
    }

    private static boolean isCountry(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        return COUNTRIES.contains(upper) || COUNTRIES_OF_3_LETTERS.contains(upper);
    }

    private static boolean isType(String text) {
        String name = text.startsWith(TYPE_URL) ? text.substring(TYPE_URL.length()) : text;
        return ResourceType.find(name).isPresent();
    }

    /** Whether a text has only letters and digits of ASCII, and these characters. */
    private static boolean isOf(JsonTape tape, int node, String others) {
        if (tape.isEscaped(node)) {
            return tape.text(node).chars().allMatch(c -> isOf(c, others));
        }
        for (int i = tape.start(node) + 1; i < tape.end(node) - 1; i++) {
            if (!isOf(tape.json()[i], others)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOf(int c, String others) {
        boolean digit = c >= '0' && c <= '9';
        return digit || isLetter(c | 0x20) || others.indexOf(c) >= 0;
    }

    private static boolean isEqual(JsonTape tape, int node, int other) {
        boolean escaped = tape.isEscaped(node) || tape.isEscaped(other);
        return escaped
                ? tape.text(node).equals(tape.text(other))
                : Arrays.equals(
                        tape.json(), tape.start(node), tape.end(node), tape.json(), tape.start(other), tape.end(other));
    }

    private static boolean isLetter(int lower) {
        return lower >= 'a' && lower <= 'z';
    }

    private static boolean isShort(JsonTape tape, int node) {
        return tape.end(node) - tape.start(node) <= LONGEST;
    }

    /** The text of a field; empty if there is none, or if no value of such a field can be so long. */
    private static String text(JsonTape tape, int object, byte[] name) {
        int value = tape.find(object, name);
        return value < 0 || tape.isContainer(value) || !isShort(tape, value) ? "" : tape.text(value);
    }
}
