package dev.sluice.export;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.web.OperationOutcomes;
import dev.sluice.web.Preferences;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * The two headers that a kick-off requires, {@code Accept} and {@code Prefer}.
 *
 * @param lenient whether the client wants unsupported parameters to be ignored and reported
 * @param separateStatus whether the client wants the export's status in a separate header
 * @param issues the errors in the headers
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#headers">Bulk Data IG, headers</a>
 */
record KickOffHeaders(boolean lenient, boolean separateStatus, List<Issue> issues) {
    static KickOffHeaders of(HttpHeaders headers) {
        List<Issue> issues = new ArrayList<>();
        checkAccept(headers, issues);
        Preferences preferences = preferences(headers);
        if (!preferences.has("respond-async")) {
            issues.add(Issue.error(
                    "required",
                    "The header 'Prefer: respond-async' is required: an export is answered later, at the URL in"
                            + " Content-Location."));
        }
        return new KickOffHeaders(isLenient(preferences), preferences.has("separate-export-status"), issues);
    }

    /** The headers of a request that is answered at once and requires neither header. */
    static KickOffHeaders ofSynchronous(HttpHeaders headers) {
        return new KickOffHeaders(isLenient(preferences(headers)), false, List.of());
    }

    private static boolean isLenient(Preferences preferences) {
        return preferences.has("handling", "lenient");
    }

    private static Preferences preferences(HttpHeaders headers) {
        return Preferences.of(headers.getOrEmpty("Prefer"));
    }

    private static void checkAccept(HttpHeaders headers, List<Issue> issues) {
        List<String> values = headers.getOrEmpty(HttpHeaders.ACCEPT);
        try {
            if (MediaType.parseMediaTypes(values).stream()
                    .anyMatch(type ->
                            type.equalsTypeAndSubtype(OperationOutcomes.FHIR_JSON) && type.getQualityValue() > 0)) {
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
}
