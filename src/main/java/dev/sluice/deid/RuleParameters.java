package dev.sluice.deid;

import dev.sluice.json.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code parameters} of a rule file.
 *
 * @param keys what the file says of keys
 * @param shiftPerPatient whether one offset holds for all resources of a patient, {@code dateShiftScope: patient}
 * @param fixedOffset the days by which every date is shifted; null if the key determines them
 * @param wholeWeeks whether dates keep their day of the week, {@code preserve: weekday}
 * @param partialDates whether a redacted date keeps its year
 * @param partialAges whether an age up to 89 is kept
 * @param partialZipCodes whether a redacted postal code keeps its first three digits
 * @param restrictedZipCodes the beginnings of postal codes of which nothing is kept
 * @param deterministicEncryption whether equal values are encrypted to equal texts
 * @param relativeReferences whether a reference loses its base URL and its version when its id is replaced
 * @param strictValues whether a value is kept, whole or in part, only if it has the form that such values have
 */
public record RuleParameters(
        GivenKeys keys,
        boolean shiftPerPatient,
        @Nullable Integer fixedOffset,
        boolean wholeWeeks,
        boolean partialDates,
        boolean partialAges,
        boolean partialZipCodes,
        List<String> restrictedZipCodes,
        boolean deterministicEncryption,
        boolean relativeReferences,
        boolean strictValues) {

    /** A hundred years. */
    private static final Pattern ZIP_CODE = Pattern.compile("[0-9A-Za-z-]+");

    private static final int LARGEST_OFFSET = 36_525;

    static RuleParameters of(ObjectNode file) {
        JsonNode given = file.path("parameters");
        if (!given.isMissingNode() && !given.isNull() && !given.isObject()) {
            throw RuleFileFormat.failed("parameters must be an object");
        }
        return new RuleParameters(
                GivenKeys.of(given),
                isPatientScope(given),
                offset(given),
                isWeekday(given),
                flag(given, "enablePartialDatesForRedact"),
                flag(given, "enablePartialAgesForRedact"),
                flag(given, "enablePartialZipCodesForRedact"),
                zipCodes(given.path("restrictedZipCodeTabulationAreas")),
                flag(given, "deterministicEncryption"),
                flag(given, "relativeReferences"),
                flag(given, "strictValues"));
    }

    static @Nullable String text(JsonNode given, String name) {
        JsonNode value = given.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        String text = JsonText.of(value);
        if (text == null) {
            throw RuleFileFormat.failed("parameters." + name + " must be a text");
        }
        return text;
    }

    private static boolean flag(JsonNode given, String name) {
        JsonNode value = given.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw RuleFileFormat.failed("parameters." + name + " must be true or false");
        }
        return value.booleanValue();
    }

    /** Microsoft's server treats {@code file} and {@code folder}, which are for its command line, as {@code resource}. */
    private static boolean isPatientScope(JsonNode given) {
        String scope = text(given, "dateShiftScope");
        return switch (scope == null ? "" : scope.toLowerCase(Locale.ROOT)) {
            case "", "resource", "file", "folder" -> false;
            case "patient" -> true;
            default ->
                throw RuleFileFormat.failed("parameters.dateShiftScope must be resource, patient, file or folder");
        };
    }

    private static boolean isWeekday(JsonNode given) {
        String preserve = text(given, "preserve");
        if (preserve != null && !preserve.equalsIgnoreCase("weekday")) {
            throw RuleFileFormat.failed("parameters.preserve must be weekday");
        }
        return preserve != null;
    }

    private static @Nullable Integer offset(JsonNode given) {
        JsonNode value = given.path("dateShiftFixedOffsetInDays");
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isInt() || Math.abs((long) value.intValue()) > LARGEST_OFFSET) {
            throw RuleFileFormat.failed("parameters.dateShiftFixedOffsetInDays must be a whole number of days, from -"
                    + LARGEST_OFFSET + " to " + LARGEST_OFFSET);
        }
        return value.intValue();
    }

    /** What is not understood is refused: it would restrict nothing, and nobody would see it. */
    private static List<String> zipCodes(JsonNode given) {
        if (!given.isMissingNode() && !given.isNull() && !given.isArray()) {
            throw zipCodesFailed();
        }
        List<String> codes = new ArrayList<>();
        for (JsonNode code : given) {
            String text = JsonText.of(code);
            if (text == null && code.isIntegralNumber() && code.asString().length() >= PostalCodes.AREA_LENGTH) {
                text = code.asString(); // a shorter one was 036 once
            }
            if (text == null || !ZIP_CODE.matcher(text).matches()) {
                throw zipCodesFailed();
            }
            codes.add(text);
        }
        return List.copyOf(codes);
    }

    private static InvalidRulesException zipCodesFailed() {
        return RuleFileFormat.failed(
                "parameters.restrictedZipCodeTabulationAreas must be a list of beginnings of postal"
                        + " codes, in quotes, such as [\"036\", \"059\"]");
    }
}
