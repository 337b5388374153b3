package dev.sluice.filter;

import dev.sluice.r4.TokenIndex;
import dev.sluice.store.IndexLookup;
import dev.sluice.store.StoreInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the index lookup for the filters of a type. Safe for use by any number of threads. */
public final class IndexLookupBuilder {
    private final FilterIndex index;
    private final StoreInfo store;

    public IndexLookupBuilder(FilterIndex index, StoreInfo store) {
        this.index = index;
        this.store = store;
    }

    /** The lookup for a union of filters of one type; null if no complete index finds all of its rows. */
    @Nullable
    IndexLookup of(List<TypeFilter> filters) {
        List<List<IndexCondition>> terms = index.terms(filters).orElse(List.of());
        int version = terms.isEmpty() ? 0 : store.tokenIndexVersion();
        List<List<IndexLookup.Condition>> anyOf = new ArrayList<>();
        for (List<IndexCondition> all : terms) {
            List<IndexLookup.Condition> usable = all.stream()
                    .filter(term -> needed(term) <= version)
                    .map(this::condition)
                    .toList();
            if (usable.isEmpty()) {
                return null;
            }
            anyOf.add(usable);
        }
        return anyOf.isEmpty() ? null : new IndexLookup(anyOf);
    }

    /** The version of the token index that a term needs. */
    private static int needed(IndexCondition term) {
        if (term instanceof IndexCondition.Codes) {
            return TokenIndex.WITH_CODES;
        }
        return term instanceof IndexCondition.Patients ? TokenIndex.WITH_ELSEWHERE : 0;
    }

    private IndexLookup.Condition condition(IndexCondition term) {
        if (term instanceof IndexCondition.Codes codes) {
            return new IndexLookup.HasToken(
                    codes.numbers().stream().mapToLong(Long::longValue).sorted().toArray());
        }
        if (term instanceof IndexCondition.Patients patients) {
            return new IndexLookup.InCompartment(store.patientNumbers(patients.ids()), TokenIndex.ELSEWHERE);
        }
        return term instanceof IndexCondition.Ids ids
                ? new IndexLookup.WithId(ids.ids().stream().sorted().toList())
                : new IndexLookup.WrittenFrom(((IndexCondition.UpdatedFrom) term).time());
    }
}
