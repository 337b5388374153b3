package dev.sluice.export;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.FhirProblem.Issue;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what is wrong with one kick-off, so that the client reads all of it at once. Whether something is refused or,
 * with {@code handling=lenient}, left aside and reported, is decided here and nowhere else.
 */
final class Complaints {
    private final boolean lenient;
    private final List<Issue> faults = new ArrayList<>();
    private final List<Issue> warnings = new ArrayList<>();

    Complaints(KickOffHeaders headers) {
        this.lenient = headers.lenient();
        faults.addAll(headers.issues());
    }

    /** Something that cannot be understood in any way. */
    void fault(String diagnostics) {
        faults.add(Issue.error("invalid", diagnostics));
    }

    /** Something that was found wrong elsewhere. */
    void refuse(Issue issue) {
        faults.add(issue);
    }

    /** Something that is not supported and may be what narrows the export, so that leniency does not leave it out. */
    void narrowing(String diagnostics) {
        faults.add(Issue.error("not-supported", diagnostics));
    }

    /** Something that is done otherwise than the client may think. */
    void warn(String diagnostics) {
        warnings.add(new Issue(FhirProblem.Severity.WARNING, "not-supported", diagnostics));
    }

    /**
     * Something that is not supported, and without which the export holds nothing that the client cannot have wanted:
     * refused, or with leniency left aside and reported.
     */
    void leave(String diagnostics, String consequence) {
        if (lenient) {
            warn((diagnostics + " " + consequence).strip());
        } else {
            faults.add(Issue.error("not-supported", diagnostics));
        }
    }

    /** Whether the request will be refused. */
    boolean refuses() {
        return !faults.isEmpty();
    }

    /**
     * What is to be reported of a request that is accepted.
     *
     * @throws FhirProblem 400 with every fault, if there is one
     */
    List<Issue> warnings() {
        if (!faults.isEmpty()) {
            throw new FhirProblem(400, faults);
        }
        return List.copyOf(warnings);
    }
}
