package dev.sluice.filter;

import dev.sluice.r4.CodeIndex;
import java.time.Instant;
import java.util.Set;

/** What an index of the store can look for: a condition that each resource that a filter takes fulfils. */
public sealed interface IndexTerm {
    /** One of these numbers is in the resource's signature. */
    record Codes(Set<Long> numbers) implements IndexTerm {}

    /** The resource has one of these ids. */
    record Ids(Set<String> ids) implements IndexTerm {}

    /** The resource is in the compartment of one of these patients, or is marked as {@link CodeIndex#ELSEWHERE}. */
    record Patients(Set<String> ids) implements IndexTerm {}

    /** The resource was written at this moment or later. */
    record UpdatedFrom(Instant moment) implements IndexTerm {}
}
