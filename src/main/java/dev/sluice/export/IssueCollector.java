package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirException.Issue;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the errors and warnings of one kick-off, so that the client gets all of them at once. Only this class
 * decides which errors {@code handling=lenient} changes to warnings. At {@link FhirException#MOST_ISSUES} errors it
 * gives up.
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
        error(Issue.error("invalid", diagnostics));
    }

    void error(Issue issue) {
        errors.add(issue);
        if (errors.size() >= FhirException.MOST_ISSUES) {
            throw new FhirException(400, errors);
        }
    }

    /**
     * Adds an error also with lenient handling: if the unsupported part were ignored, the export might hold too much.
     */
    void notSupported(String diagnostics) {
        error(Issue.error("not-supported", diagnostics));
    }

    /** Adds a warning: the export differs from what the client may expect. */
    void warning(String diagnostics) {
        if (warnings.size() < FhirException.MOST_ISSUES) {
            warnings.add(new Issue(FhirException.Severity.WARNING, "not-supported", diagnostics));
        }
    }

    /**
     * Adds an error, or a warning with lenient handling: if the unsupported part is ignored, the export holds no
     * resource that the client did not request.
     *
     * @param consequence a sentence that is added to a warning
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
     * @throws FhirException 400 with every error, if there is one
     */
    List<Issue> warnings() {
        if (!errors.isEmpty()) {
            throw new FhirException(400, errors);
        }
        return List.copyOf(warnings);
    }
}
