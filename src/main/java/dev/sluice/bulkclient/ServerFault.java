package dev.sluice.bulkclient;

import dev.sluice.bulkclient.BulkClientException.Kind;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an answer that is no success says.
 *
 * @param status of HTTP
 * @param codes of the issues, if it is an OperationOutcome
 * @param text for people: the issues of an OperationOutcome, the description of an OAuth error, or the title of a page
 * @param retryAfter when the server wants the next request
 */
public record ServerFault(int status, Set<String> codes, String text, Optional<Duration> retryAfter) {
    /** What a server says in an error is read up to this many bytes. */
    private static final int LONGEST = 1 << 20;

    /** The codes below {@code transient} in the value set of issue types. */
    private static final Set<String> TRANSIENT =
            Set.of("transient", "lock-error", "no-store", "timeout", "incomplete", "throttled");

    private static final Pattern TITLE =
            Pattern.compile("<title[^>]*>\\s*(.{1,200}?)\\s*</title", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Reads the body of an answer, and closes it. */
    public static ServerFault of(ServerAnswer answer, Supplier<Instant> now) {
        Set<String> codes = new HashSet<>();
        String text = "";
        try {
            byte[] body = answer.bytes(LONGEST);
            text = text(body, codes);
        } catch (IOException | BulkClientException e) {
            // The status alone must do.
        }
        String withheld = answer.tokenWithheld() ? "; the bearer token is not sent to this server" : "";
        return new ServerFault(answer.exportStatus(), codes, text + withheld, answer.retryAfter(now));
    }

    /** Whether the body was an OperationOutcome. */
    boolean hasOutcome() {
        return !codes.isEmpty();
    }

    /** Whether the fault can pass, by the codes of the issues if there are any. */
    boolean isTransient() {
        return status == 408
                || status == 425
                || status == 429
                || status == 503
                || (status >= 500 && (!hasOutcome() || codes.stream().anyMatch(TRANSIENT::contains)));
    }

    /** The exception of this fault. */
    public BulkClientException exception(String what) {
        String sentence = what + " was answered with HTTP " + status + (text.isEmpty() ? "." : ": " + text)
                + (text.isEmpty() || text.endsWith(".") ? "" : ".");
        if (isTransient()) {
            return BulkClientException.temporary(sentence, retryAfter);
        }
        return new BulkClientException(
                switch (status) {
                    case 401, 403 -> Kind.DENIED;
                    case 404, 410 -> Kind.NOT_FOUND;
                    default -> Kind.FAILED;
                },
                sentence);
    }

    static boolean isHtml(byte[] body) {
        String begin = new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8).stripLeading();
        return begin.regionMatches(true, 0, "<!doctype html", 0, 14) || begin.regionMatches(true, 0, "<html", 0, 5);
    }

    /** Names an HTML page by its title. */
    static String page(byte[] html) {
        Matcher title = TITLE.matcher(new String(html, StandardCharsets.UTF_8));
        return "an HTML page" + (title.find() ? " ('" + title.group(1).replaceAll("\\s+", " ") + "')" : "");
    }

    private static String text(byte[] body, Set<String> codes) {
        ObjectNode json;
        try {
            json = FhirJson.parseObject(body);
        } catch (FhirException e) {
            return isHtml(body) ? page(body) : "";
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode issue : json.path("issue")) {
            codes.add(issue.path("code").asString(""));
            texts.add(first(issue.path("diagnostics"), issue.path("details").path("text"), issue.path("code")));
        }
        return texts.isEmpty() ? first(json.path("error_description"), json.path("error")) : String.join(" ", texts);
    }

    private static String first(JsonNode... texts) {
        for (JsonNode text : texts) {
            if (text.isString() && !text.stringValue().isEmpty()) {
                return text.stringValue();
            }
        }
        return "";
    }
}
