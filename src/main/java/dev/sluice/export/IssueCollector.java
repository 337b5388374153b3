package dev.sluice.export;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.FhirProblem.Issue;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with one kick-off, so that the client reads all of it at once. Only this class decides what
 * {@code handling=lenient} changes from an error to a warning.
 */
final class IssueCollector {
    private final boolean lenient;
    private final List<Issue> errors = new ArrayList<>();
    private final List<Issue> warnings = new ArrayList<>();

    IssueCollector(KickOffHeaders headers) {
        this.lenient = headers.lenient();
        errors.addAll(headers.issues());
    }

    /** Adds an error of code {@code invalid}: the request has no meaning. */
    void invalid(String diagnostics) {
        errors.add(Issue.error("invalid", diagnostics));
    }

    void error(Issue issue) {
        errors.add(issue);
    }

    /** Adds an error that leniency does not change: without what is not supported the export might hold too much. */
    void notSupported(String diagnostics) {
        errors.add(Issue.error("not-supported", diagnostics));
    }

    /** Adds a warning: the export differs from what the client may expect. */
    void warning(String diagnostics) {
        warnings.add(new Issue(FhirProblem.Severity.WARNING, "not-supported", diagnostics));
    }

    /**
     * Adds an error, or with leniency a warning: without what is not supported the export holds nothing that the client
     * cannot have wanted.
     *
     * @param consequence the sentence that a warning adds
     */
    void notSupportedUnlessLenient(String diagnostics, String consequence) {
        if (lenient) {
            warning(diagnostics + " " + consequence);
        } else {
            notSupported(diagnostics);
        }
    }

    boolean hasErrors() {
        return !errors.isEmpty();
    }

    /**
     * The warnings about a request that is accepted.
     *
     * @throws FhirProblem 400 with every error, if there is one
     */
    List<Issue> warnings() {
        if (!errors.isEmpty()) {
            throw new FhirProblem(400, errors);
        }
        return List.copyOf(warnings);
    }
}
