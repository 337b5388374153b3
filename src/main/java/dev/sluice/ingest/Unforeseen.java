package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults that nobody foresaw while one line, entry or resource was read: they belong to it, and to none of its
 * neighbours. The same content has the same fault again, so trying again is of no use.
 */
public final class Unforeseen {
    private static final Logger log = LoggerFactory.getLogger(Unforeseen.class);

    private Unforeseen() {}

    /** The problem that the client is told; one that says what is wrong already stays as it is. */
    public static FhirProblem of(RuntimeException fault) {
        if (fault instanceof FhirProblem problem) {
            return problem;
        }
        log.error("A resource cannot be read, by a fault of Sluice; it was refused, and nothing else.", fault);
        return FhirProblem.of(
                400,
                "exception",
                "Sluice cannot read this content, which is a fault of its own ("
                        + fault.getClass().getSimpleName()
                        + "). Its log tells more; please report it with the content.");
    }
}
