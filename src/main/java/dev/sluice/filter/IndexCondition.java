package dev.sluice.filter;

import dev.sluice.r4.TokenIndex;
import java.time.Instant;
import java.util.Set;

/** A condition that an index of the store can serve and that every resource that a filter accepts fulfils. */
public sealed interface IndexCondition {
    /** The resource has one of these token hashes. */
    record Codes(Set<Long> numbers) implements IndexCondition {}

    /** The resource has one of these ids. */
    record Ids(Set<String> ids) implements IndexCondition {}

    /** The resource is in the compartment of one of these patients, or is marked as {@link TokenIndex#UNKNOWN_PATIENT_URL}. */
    record Patients(Set<String> ids) implements IndexCondition {}

    /** The resource was written at this time or later. */
    record UpdatedFrom(Instant time) implements IndexCondition {}
}
