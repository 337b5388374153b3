package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports unexpected exceptions for the one line, entry or resource that caused them, so that its neighbours are not
 * affected. The same content causes the same exception again, so a retry does not help.
 */
public final class UnexpectedFault {
    private static final Logger log = LoggerFactory.getLogger(UnexpectedFault.class);

    private UnexpectedFault() {}

    /** The problem that the client is told; one that says what is wrong already stays as it is. */
    public static FhirException of(RuntimeException fault) {
        if (fault instanceof FhirException problem) {
            return problem;
        }
        UUID id = UUID.randomUUID();
        log.error(
                "A resource cannot be read, by a fault of Sluice. Only this resource was refused; the response"
                        + " contains the id {}.",
                id,
                fault);
        return FhirException.of(
                400,
                "exception",
                "Sluice cannot read this content, which is a fault of its own. Its log tells more, under the id " + id
                        + "; please report it with the content.");
    }
}
