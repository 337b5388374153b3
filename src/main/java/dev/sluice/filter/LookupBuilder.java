package dev.sluice.filter;

import dev.sluice.r4.CodeIndex;
import dev.sluice.store.Cohorts;
import dev.sluice.store.Lookup;
import dev.sluice.store.StoreInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the index lookup for the filters of a type. Safe for use by any number of threads. */
public final class LookupBuilder {
    private final FilterIndex index;
    private final StoreInfo store;
    private final Cohorts cohorts;

    public LookupBuilder(FilterIndex index, StoreInfo store, Cohorts cohorts) {
        this.index = index;
        this.store = store;
        this.cohorts = cohorts;
    }

    /** The lookup for a union of filters of one type; null if no complete index finds all of its rows. */
    @Nullable
    Lookup of(List<TypeFilter> filters) {
        List<List<IndexTerm>> terms = index.terms(filters).orElse(List.of());
        int version = terms.isEmpty() ? 0 : store.signatureVersion();
        List<List<Lookup.Condition>> anyOf = new ArrayList<>();
        for (List<IndexTerm> all : terms) {
            List<Lookup.Condition> usable = all.stream()
                    .filter(term -> needed(term) <= version)
                    .map(this::condition)
                    .toList();
            if (usable.isEmpty()) {
                return null;
            }
            anyOf.add(usable);
        }
        return anyOf.isEmpty() ? null : new Lookup(anyOf);
    }

    /** The version of signatures that a term needs. */
    private static int needed(IndexTerm term) {
        if (term instanceof IndexTerm.Codes) {
            return CodeIndex.WITH_CODES;
        }
        return term instanceof IndexTerm.Patients ? CodeIndex.WITH_ELSEWHERE : 0;
    }

    private Lookup.Condition condition(IndexTerm term) {
        if (term instanceof IndexTerm.Codes codes) {
            return new Lookup.InSignature(
                    codes.numbers().stream().mapToLong(Long::longValue).sorted().toArray());
        }
        if (term instanceof IndexTerm.Patients patients) {
            return new Lookup.InCompartment(cohorts.numbers(patients.ids()), CodeIndex.ELSEWHERE);
        }
        return term instanceof IndexTerm.Ids ids
                ? new Lookup.WithId(ids.ids().stream().sorted().toList())
                : new Lookup.WrittenFrom(((IndexTerm.UpdatedFrom) term).moment());
    }
}
