package dev.sluice.fhir;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The exception for errors that are reported to a client: an HTTP status and the issues of an OperationOutcome.
 *
 * <p>Each issue names the error, the value and the remedy. A request with several errors gets one problem with one
 * issue for each.
 */
public final class FhirException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The number of issues after which the search for more ends: a request with so many has the same one many times. */
    public static final int MOST_ISSUES = 100;

    /** The severity of an issue, as in an OperationOutcome. */
    public enum Severity {
        ERROR,
        WARNING,
        INFORMATION
    }

    /**
     * One error or warning.
     *
     * @param severity its severity
     * @param code a code of <a href="https://hl7.org/fhir/R4/valueset-issue-type.html">issue-type</a>, such as {@code
     *     invalid}
     * @param diagnostics a sentence for the person who sent the request
     */
    public record Issue(Severity severity, String code, String diagnostics) {
        /** An issue that makes the request fail. */
        public static Issue error(String code, String diagnostics) {
            return new Issue(Severity.ERROR, code, diagnostics);
        }
    }

    private final int status;
    private final transient List<Issue> issues;

    /** A problem with one or more issues; the status is an HTTP status of 400 or above. */
    public FhirException(int status, List<Issue> issues) {
        super(issues.stream().map(Issue::diagnostics).collect(Collectors.joining(" ")));
        this.status = status;
        this.issues = List.copyOf(issues);
    }

    /** A problem with a single issue. */
    public static FhirException of(int status, String code, String diagnostics) {
        return new FhirException(status, List.of(Issue.error(code, diagnostics)));
    }

    /** A problem with a cause that is for the log of the server and not for the client. */
    public static FhirException of(int status, String code, String diagnostics, Throwable cause) {
        FhirException problem = of(status, code, diagnostics);
        problem.initCause(cause);
        return problem;
    }

    /** 400: the request is invalid, whatever the server holds. */
    public static FhirException invalid(String diagnostics) {
        return of(400, "invalid", diagnostics);
    }

    /** 404: the resource or job that the request names does not exist. */
    public static FhirException notFound(String diagnostics) {
        return of(404, "not-found", diagnostics);
    }

    public int status() {
        return status;
    }

    public List<Issue> issues() {
        return issues;
    }
}
