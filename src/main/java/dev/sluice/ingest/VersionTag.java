package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.store.VersionCondition;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Versions as HTTP entity tags, {@code W/"3"}. A tag without {@code W/} means the same.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#concurrency">managing resource contention</a>
 */
final class VersionTag {
    private static final String TAG = "(?:W/)?\"(\\d{1,9})\"";
    private static final Pattern ONE = Pattern.compile(TAG);
    private static final Pattern LIST = Pattern.compile("\\s*" + TAG + "(\\s*,\\s*" + TAG + ")*\\s*");

    private VersionTag() {}

    static String of(int versionId) {
        return "W/\"" + versionId + "\"";
    }

    /** What these headers demand of the current version; null = no such header. */
    static VersionCondition condition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        if (ifMatch != null && ifNoneMatch != null) {
            throw FhirProblem.invalid("If-Match and If-None-Match are both given; send one of them.");
        }
        return ifMatch != null
                ? condition("If-Match", ifMatch, true)
                : ifNoneMatch != null ? condition("If-None-Match", ifNoneMatch, false) : VersionCondition.NONE;
    }

    private static VersionCondition condition(String name, String value, boolean wanted) {
        if (value.strip().equals("*")) {
            return new VersionCondition(wanted, true, Set.of());
        }
        if (!LIST.matcher(value).matches()) {
            throw FhirProblem.invalid(name + " has the value '" + value
                    + "'; it must be * or the version that you read, as its ETag gave it: W/\"3\".");
        }
        Set<Integer> versions = new HashSet<>();
        Matcher tag = ONE.matcher(value);
        while (tag.find()) {
            versions.add(Integer.parseInt(tag.group(1)));
        }
        return new VersionCondition(wanted, false, versions);
    }
}
