package dev.sluice.fhir;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The only exception that reaches a client: an HTTP status and the issues of the OperationOutcome that explains it.
 *
 * <p>Each issue says what was wrong, with which value, and what to do. A request with several faults gets one problem
 * with one issue for each.
 */
public final class FhirProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How grave an issue is, as the OperationOutcome spells it. */
    public enum Severity {
        ERROR,
        WARNING,
        INFORMATION
    }

    /**
     * One fault.
     *
     * @param severity how grave it is
     * @param code a code of <a href="https://hl7.org/fhir/R4/valueset-issue-type.html">issue-type</a>, such as
     *     {@code invalid}
     * @param diagnostics a sentence for the person who sent the request
     */
    public record Issue(Severity severity, String code, String diagnostics) {
        /** A fault that makes the request fail. */
        public static Issue error(String code, String diagnostics) {
            return new Issue(Severity.ERROR, code, diagnostics);
        }
    }

    private final int status;
    private final transient List<Issue> issues;

    /** A problem with one or more issues; the status is an HTTP status of 400 or above. */
    public FhirProblem(int status, List<Issue> issues) {
        super(issues.stream().map(Issue::diagnostics).collect(Collectors.joining(" ")));
        this.status = status;
        this.issues = List.copyOf(issues);
    }

    /** A problem with a single issue. */
    public static FhirProblem of(int status, String code, String diagnostics) {
        return new FhirProblem(status, List.of(Issue.error(code, diagnostics)));
    }

    /** 400: the request cannot be right whatever the server holds. */
    public static FhirProblem invalid(String diagnostics) {
        return of(400, "invalid", diagnostics);
    }

    /** 404: what the request names is not there. */
    public static FhirProblem notFound(String diagnostics) {
        return of(404, "not-found", diagnostics);
    }

    public int status() {
        return status;
    }

    public List<Issue> issues() {
        return issues;
    }
}
