package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * Evaluates the conditional headers and the range of a request for a file.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests">RFC 9110, conditional requests</a>
 */
final class FileConditions {
    private final HttpHeaders headers;
    private final ETag file;

    /** @param tag the strong entity tag of the file, in quotes */
    FileConditions(HttpHeaders headers, String tag) {
        this.headers = headers;
        this.file = ETag.create(tag);
    }

    /**
     * Whether the client does not have the file already.
     *
     * @throws FhirException 412 if a condition of the request does not hold
     */
    boolean isWanted() {
        if (headers.containsHeader(HttpHeaders.IF_MATCH) && !names(HttpHeaders.IF_MATCH, true)) {
            throw FhirException.of(
                    412,
                    "conflict",
                    "If-Match has the value '" + value(HttpHeaders.IF_MATCH) + "', but the ETag of the file is "
                            + file.formattedTag() + ".");
        }
        return !names(HttpHeaders.IF_NONE_MATCH, false);
    }

    /**
     * The requested range, if it is a single one and its If-Range condition holds; otherwise the whole file is sent.
     */
    Optional<HttpRange> range() {
        if (headers.containsHeader(HttpHeaders.IF_RANGE) && !names(HttpHeaders.IF_RANGE, true)) {
            return Optional.empty();
        }
        try {
            List<HttpRange> ranges = headers.getRange();
            return ranges.size() == 1 ? Optional.of(ranges.get(0)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a header names the file by its tag or by {@code *}; a date in If-Range never matches, because files have
     * no date.
     */
    private boolean names(String header, boolean strongly) {
        return ETag.parse(value(header)).stream().anyMatch(tag -> tag.isWildcard() || tag.compare(file, strongly));
    }

    private String value(String header) {
        return String.join(", ", headers.getOrEmpty(header));
    }
}
