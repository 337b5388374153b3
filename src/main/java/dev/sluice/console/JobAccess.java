package dev.sluice.console;

import dev.sluice.security.Caller;
import org.jspecify.annotations.Nullable;

/** Whose jobs a caller sees: the own ones, or those of all clients. */
final class JobAccess {
    private JobAccess() {}

    /** The owner of the jobs that a caller sees; null = all owners. */
    static @Nullable String owner(Caller caller) {
        return caller.seesAllJobs() ? null : caller.owner();
    }
}
