package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.monitor.JobReader;
import dev.sluice.security.Caller;
import java.util.Optional;
import java.util.UUID;

/** Whose jobs a caller sees: the own ones, or those of all clients. */
final class JobAccess {
    private JobAccess() {}

    static JobReader reader(Caller caller) {
        return new JobReader(caller.owner(), caller.seesAllJobs());
    }

    static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static FhirException unknown(String id) {
        return FhirException.notFound("There is no job " + id
                + ", or no more: a job that is cancelled, deleted or past its retention is gone. A job of another client is"
                + " not shown either.");
    }
}
