package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.IndexCondition.Codes;
import dev.sluice.filter.IndexCondition.Ids;
import dev.sluice.filter.IndexCondition.Patients;
import dev.sluice.filter.IndexCondition.UpdatedFrom;
import dev.sluice.match.IndexPredicate;
import dev.sluice.match.IndexTerm;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.TokenIndex;
import dev.sluice.store.IndexLookup;
import dev.sluice.store.StoreInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Derives index conditions from filters: ids, codes, patients, and the time of the last update.
 *
 * <p>An index only preselects: it finds every resource that a filter accepts, and possibly more. Safe for any number of
 * threads.
 */
public final class FilterIndex {
    /** The largest number of alternatives. If there are more, each is reduced to one condition, and the conditions are merged. */
    private static final int MOST_CONDITIONS = 16;

    private final TokenIndex codes;
    private final PatientCompartment compartment;
    private final StoreInfo store;

    public FilterIndex(TokenIndex codes, PatientCompartment compartment, StoreInfo store) {
        this.codes = codes;
        this.compartment = compartment;
        this.store = store;
    }

    /** The lookup for a union of filters of one type; null if no complete index finds all of its rows. */
    @Nullable
    IndexLookup lookup(List<TypeFilter> filters) {
        List<List<IndexCondition>> conditions = conditions(filters);
        int version = conditions.isEmpty() ? 0 : store.tokenIndexVersion();
        List<List<IndexLookup.Condition>> anyOf = new ArrayList<>();
        for (List<IndexCondition> all : conditions) {
            List<IndexLookup.Condition> usable = all.stream()
                    .filter(condition -> needed(condition) <= version)
                    .map(this::served)
                    .toList();
            if (usable.isEmpty()) {
                return null;
            }
            anyOf.add(usable);
        }
        return anyOf.isEmpty() ? null : new IndexLookup(anyOf);
    }

    private static int needed(IndexCondition condition) {
        return condition instanceof Codes || condition instanceof Patients ? TokenIndex.VERSION : 0;
    }

    private IndexLookup.Condition served(IndexCondition condition) {
        if (condition instanceof Codes codes) {
            return new IndexLookup.HasToken(
                    codes.numbers().stream().mapToLong(Long::longValue).sorted().toArray());
        }
        if (condition instanceof Patients patients) {
            return new IndexLookup.InCompartment(store.patientNumbers(patients.ids()), TokenIndex.UNKNOWN_PATIENT_URL);
        }
        return condition instanceof Ids ids
                ? new IndexLookup.WithId(ids.ids().stream().sorted().toList())
                : new IndexLookup.WrittenFrom(((UpdatedFrom) condition).time());
    }

    /**
     * Alternative lists of conditions for a union of filters of one type. A resource that the union accepts fulfils all
     * conditions of at least one list. Empty if one of the filters has no condition, or if no filters exist.
     */
    List<List<IndexCondition>> conditions(List<TypeFilter> filters) {
        List<List<IndexCondition>> all = new ArrayList<>();
        for (TypeFilter filter : filters) {
            List<IndexCondition> ofFilter = filter.indexPredicates().stream()
                    .map(predicate -> condition(filter.type(), predicate))
                    .filter(Objects::nonNull)
                    .toList();
            if (ofFilter.isEmpty()) {
                return List.of();
            }
            all.add(ofFilter);
        }
        List<List<IndexCondition>> joined = joined(all);
        return joined.size() <= MOST_CONDITIONS
                ? joined
                : joined(joined.stream().map(FilterIndex::narrowest).toList());
    }

    private @Nullable IndexCondition condition(ResourceType type, IndexPredicate predicate) {
        String name = predicate.parameter().name();
        if (name.equals("_id")) {
            return ids(predicate);
        }
        if (name.equals("_lastUpdated")) {
            return updatedFrom(predicate);
        }
        IndexCondition patients = patients(type, predicate);
        return patients == null ? codes(type, predicate) : patients;
    }

    private static @Nullable IndexCondition ids(IndexPredicate predicate) {
        Set<String> ids = new HashSet<>();
        for (IndexTerm value : predicate.alternatives()) {
            if (!(value instanceof IndexTerm.Token token) || token.code() == null) {
                return null;
            }
            ids.add(token.code());
        }
        return new Ids(ids);
    }

    /**
     * Only lower bounds are used: {@code meta.lastUpdated} may be earlier than the time of the write, but never later.
     */
    private static @Nullable IndexCondition updatedFrom(IndexPredicate predicate) {
        Instant earliest = Instant.MAX;
        for (IndexTerm value : predicate.alternatives()) {
            if (!(value instanceof IndexTerm.NotBefore bound)) {
                return null;
            }
            earliest = bound.time().isBefore(earliest) ? bound.time() : earliest;
        }
        return new UpdatedFrom(earliest);
    }

    /** References to patients, in elements that define the patient's compartment. */
    private @Nullable IndexCondition patients(ResourceType type, IndexPredicate predicate) {
        Set<String> ids = new HashSet<>();
        for (IndexTerm value : predicate.alternatives()) {
            if (!(value instanceof IndexTerm.Reference reference) || !ResourceType.PATIENT.equals(reference.type())) {
                return null;
            }
            ids.add(reference.id());
        }
        boolean covered = predicate.parameter().paths().stream().allMatch(path -> compartment.covers(type, path));
        return covered ? new Patients(ids) : null;
    }

    private @Nullable IndexCondition codes(ResourceType type, IndexPredicate predicate) {
        List<TokenIndex.Code> wanted = new ArrayList<>();
        for (IndexTerm value : predicate.alternatives()) {
            if (!(value instanceof IndexTerm.Token token) || token.code() == null) {
                return null;
            }
            wanted.add(new TokenIndex.Code(token.system(), token.code()));
        }
        long[] numbers = codes.numbers(type, predicate.parameter(), wanted);
        if (numbers == null) {
            return null;
        }
        Set<Long> set = new HashSet<>();
        for (long number : numbers) {
            set.add(number);
        }
        return new Codes(set);
    }

    /** Merges all lists that consist of one condition of the same kind. */
    private static List<List<IndexCondition>> joined(List<List<IndexCondition>> all) {
        List<List<IndexCondition>> joined = new ArrayList<>();
        Map<Class<?>, IndexCondition> single = new LinkedHashMap<>();
        for (List<IndexCondition> conditions : all) {
            if (conditions.size() == 1) {
                single.merge(conditions.get(0).getClass(), conditions.get(0), FilterIndex::either);
            } else {
                joined.add(conditions);
            }
        }
        single.values().forEach(condition -> joined.add(List.of(condition)));
        return joined;
    }

    private static IndexCondition either(IndexCondition one, IndexCondition other) {
        if (one instanceof Codes a && other instanceof Codes b) {
            return new Codes(union(a.numbers(), b.numbers()));
        }
        if (one instanceof Ids a && other instanceof Ids b) {
            return new Ids(union(a.ids(), b.ids()));
        }
        if (one instanceof Patients a && other instanceof Patients b) {
            return new Patients(union(a.ids(), b.ids()));
        }
        Instant first = ((UpdatedFrom) one).time();
        Instant second = ((UpdatedFrom) other).time();
        return first.isBefore(second) ? one : other;
    }

    private static <T> Set<T> union(Set<T> one, Set<T> other) {
        Set<T> union = one instanceof HashSet<T> ? one : new HashSet<>(one);
        union.addAll(other);
        return union;
    }

    /** The condition that usually selects the fewest rows. */
    private static List<IndexCondition> narrowest(List<IndexCondition> conditions) {
        for (Class<?> kind : List.of(Ids.class, Patients.class, Codes.class)) {
            for (IndexCondition condition : conditions) {
                if (kind.isInstance(condition)) {
                    return List.of(condition);
                }
            }
        }
        return List.of(conditions.get(0));
    }
}
