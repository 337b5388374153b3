package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * The two headers that a kick-off requires, {@code Accept} and {@code Prefer}.
 *
 * @param lenient whether the client wants what is not supported to be ignored, and reported
 * @param separateStatus whether the client wants the export's status in a header, apart from that of the request for it
 * @param issues what is wrong with them
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#headers">Bulk Data IG, headers</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7240">RFC 7240, Prefer</a>
 */
record KickOffHeaders(boolean lenient, boolean separateStatus, List<Issue> issues) {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType("application/fhir+json");
    private static final String LENIENT = "handling=lenient";

    private static final String SEPARATE = "separate-export-status";
    private static final Set<String> PREFERENCES = Set.of("respond-async", LENIENT, "handling=strict", SEPARATE);

    static KickOffHeaders of(HttpHeaders headers) {
        List<Issue> issues = new ArrayList<>();
        checkAccept(headers, issues);
        List<String> preferences = preferences(headers);
        for (String preference : preferences) {
            if (!PREFERENCES.contains(preference)) {
                issues.add(Issue.error(
                        "invalid",
                        "The Prefer header has the value '" + preference
                                + "', which is not supported; send 'Prefer: respond-async', with 'handling=lenient' or"
                                + " 'handling=strict' after a comma if you like."));
            }
        }
        if (!preferences.contains("respond-async")) {
            issues.add(Issue.error(
                    "required",
                    "The header 'Prefer: respond-async' is required: an export is answered later, at the URL in"
                            + " Content-Location."));
        }
        return new KickOffHeaders(preferences.contains(LENIENT), preferences.contains(SEPARATE), issues);
    }

    /** Of a request that is answered at once, and requires neither header. */
    static KickOffHeaders ofSynchronous(HttpHeaders headers) {
        return new KickOffHeaders(preferences(headers).contains(LENIENT), false, List.of());
    }

    private static void checkAccept(HttpHeaders headers, List<Issue> issues) {
        List<String> values = headers.getOrEmpty(HttpHeaders.ACCEPT);
        try {
            if (MediaType.parseMediaTypes(values).stream()
                    .anyMatch(type -> type.equalsTypeAndSubtype(FHIR_JSON) && type.getQualityValue() > 0)) {
                return;
            }
        } catch (InvalidMediaTypeException e) {
            // Falls through to the issue, which repeats the value.
        }
        issues.add(Issue.error(
                "invalid",
                (values.isEmpty()
                                ? "The Accept header is missing"
                                : "The Accept header has the value '" + String.join(", ", values)
                                        + "', which is not supported")
                        + "; send 'Accept: application/fhir+json'."));
    }

    /** In lower case, and without white space around the equals sign. */
    private static List<String> preferences(HttpHeaders headers) {
        return headers.getOrEmpty("Prefer").stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(token -> token.strip().replaceAll("\\s*=\\s*", "=").toLowerCase(Locale.ROOT))
                .toList();
    }
}
