package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.security.Caller;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whose jobs a caller sees: the own ones, or those of all clients. */
final class JobAccess {
    private JobAccess() {}

    /** The owner of the jobs that a caller sees; null = all owners. */
    static @Nullable String owner(Caller caller) {
        return caller.seesAllJobs() ? null : caller.owner();
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
