package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Versions as HTTP entity tags, {@code W/"3"}. */
final class VersionTag {
    private static final Pattern FORM = Pattern.compile("\\s*(?:W/)?\"(\\d{1,9})\"\\s*");

    private VersionTag() {}

    static String of(int versionId) {
        return "W/\"" + versionId + "\"";
    }

    /** The version that {@code If-Match} asks for; empty without the header. */
    static OptionalInt expected(@Nullable String ifMatch) {
        if (ifMatch == null) {
            return OptionalInt.empty();
        }
        Matcher form = FORM.matcher(ifMatch);
        if (!form.matches()) {
            throw FhirProblem.invalid("If-Match has the value '" + ifMatch
                    + "'; it must be the version that you changed, as its ETag gave it: W/\"3\".");
        }
        return OptionalInt.of(Integer.parseInt(form.group(1)));
    }
}
