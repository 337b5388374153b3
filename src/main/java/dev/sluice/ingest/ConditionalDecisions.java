package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.store.RowReader;
import dev.sluice.store.WritePremise;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/**
 * Repeats a write that depends on the stored state if another writer changes that state at the same time. Safe for use
 * by any number of threads and processes.
 */
@Component
class ConditionalDecisions {
    /** Writers of the same thing wait for each other, so a decision is rarely outdated more than once. */
    private static final int ATTEMPTS = 30;

    private final RowReader rows;

    ConditionalDecisions(RowReader rows) {
        this.rows = rows;
    }

    /**
     * Does this work, which reads by the decision, and writes with it as the premise.
     *
     * @throws FhirException 409 if other writers were first each time
     */
    <T> T decide(Function<ConditionalDecision, T> work) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            ConditionalDecision decision = new ConditionalDecision(rows);
            try {
                return work.apply(decision);
            } catch (WritePremise.OutdatedException e) {
                // another writer was first: read again what there is now
            } catch (FhirException refused) {
                if (decision.holds()) {
                    throw refused;
                }
            }
        }
        throw FhirException.of(
                409,
                "conflict",
                "Other clients have changed the same resources " + ATTEMPTS
                        + " times while this request was being done; nothing was written. Send it again.");
    }
}
