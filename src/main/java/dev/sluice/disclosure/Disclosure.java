package dev.sluice.disclosure;

import dev.sluice.audit.Actor;
import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An export, as it is told to a patient.
 *
 * @param job the id of its job
 * @param recipient the client that it belongs to
 * @param asOf the time whose state it shows
 * @param since it holds changes since this time; null = it holds all
 * @param content what it may hold
 * @param everyPatient whether it holds the Patient resource of each of its patients
 * @param listed whether its patients are listed; otherwise it can hold data of all that are known
 */
public record Disclosure(
        UUID job,
        Actor recipient,
        Instant asOf,
        @Nullable Instant since,
        Content content,
        boolean everyPatient,
        boolean listed) {
    /**
     * What an export may hold.
     *
     * @param scope whose data, in words
     * @param types names of the types; null = all that there are in the scope
     * @param filtered those of which filters selected a part
     * @param deidentifiedBy the rule file by which it was de-identified; null = it was not
     */
    public record Content(
            String scope,
            @Nullable Collection<String> types,
            Collection<String> filtered,
            @Nullable String deidentifiedBy) {}

    static @Nullable String joined(@Nullable Collection<String> names) {
        return names == null || names.isEmpty() ? null : String.join(",", names);
    }
}
