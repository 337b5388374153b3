package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.VersionCondition;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

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

    /**
     * What the headers of a request demand of the current version of a resource.
     *
     * @throws FhirException 403 if there is such a header and the caller may not read the type
     */
    static VersionCondition condition(HttpServletRequest request, ResourceType type) {
        String ifMatch = header(request, HttpHeaders.IF_MATCH);
        String ifNoneMatch = header(request, HttpHeaders.IF_NONE_MATCH);
        if (ifMatch != null || ifNoneMatch != null) {
            ResourceAccess.of(request).compareVersion(type);
        }
        return condition(ifMatch, ifNoneMatch);
    }

    private static @Nullable String header(HttpServletRequest request, String name) {
        List<String> values = Collections.list(request.getHeaders(name));
        return values.isEmpty() ? null : String.join(",", values);
    }

    /** What these headers demand of the current version; null = no such header. */
    static VersionCondition condition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        if (ifMatch != null && ifNoneMatch != null) {
            throw FhirException.invalid("If-Match and If-None-Match are both given; send one of them.");
        }
        return ifMatch != null
                ? condition("If-Match", ifMatch, true)
                : ifNoneMatch != null ? condition("If-None-Match", ifNoneMatch, false) : VersionCondition.NONE;
    }

    /** 412: what the headers demand of the current version does not hold. */
    static FhirException problem(VersionCondition.NotMetException refused) {
        VersionCondition condition = refused.condition();
        String asked = condition.any()
                ? "*"
                : condition.versions().stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
        String is = refused.current() == 0
                ? ", which does not exist."
                : ", but version " + refused.current()
                        + (refused.exists() ? " is current." : " is current, and a deletion.");
        return FhirException.of(
                412,
                "conflict",
                condition.wanted()
                        ? "If-Match asks for version " + asked + " of " + refused.key() + is
                                + " Read the resource again and repeat the change on that version."
                        : "If-None-Match: " + asked + " forbids to change " + refused.key() + is
                                + " Leave the header out to replace it.");
    }

    private static VersionCondition condition(String name, String value, boolean wanted) {
        if (value.strip().equals("*")) {
            return new VersionCondition(wanted, true, Set.of());
        }
        if (!LIST.matcher(value).matches()) {
            throw FhirException.invalid(name + " has the value '" + value
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
