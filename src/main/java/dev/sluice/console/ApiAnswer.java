package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the HTTP API of this server answered.
 *
 * @param headers the last value of each, by its name in lower case
 */
record ApiAnswer(int status, Map<String, String> headers, byte[] body) {
    private static final int FIRST_ERROR = 400;

    boolean isError() {
        return status >= FIRST_ERROR;
    }

    Optional<String> header(String lowerCaseName) {
        return Optional.ofNullable(headers.get(lowerCaseName));
    }

    /** The body; an empty object if it is no JSON. */
    JsonNode json() {
        try {
            return body.length == 0 ? FhirJson.MAPPER.createObjectNode() : FhirJson.MAPPER.readTree(body);
        } catch (JacksonException e) {
            return FhirJson.MAPPER.createObjectNode();
        }
    }

    /** What the answer says is wrong. */
    List<String> sentences() {
        return json().path("issue")
                .valueStream()
                .map(issue -> issue.path("diagnostics").asString(""))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** This answer, if it is none of an error; otherwise the error is that of the page. */
    ApiAnswer orThrow() {
        if (isError()) {
            List<Issue> issues = sentences().stream()
                    .map(text -> Issue.error("processing", text))
                    .toList();
            throw new FhirException(
                    status,
                    issues.isEmpty()
                            ? List.of(Issue.error("processing", "The server answered " + status + "."))
                            : issues);
        }
        return this;
    }
}
