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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Derives index conditions from filters: ids, codes, patients, and the time of the last update.
 *
 * <p>An index only preselects: it finds every resource that a filter accepts, and possibly more. Safe for any number of
 * threads.
 */
public final class FilterIndex {
    /** The largest number of alternatives. If there are more, each is reduced to one term, and the terms are merged. */
    private static final int MOST = 16;

    private final TokenIndex codes;
    private final PatientCompartment compartment;

    /**
     * @param codes what of a resource the token index holds
     * @param compartment the patients of a resource
     */
    public FilterIndex(TokenIndex codes, PatientCompartment compartment) {
        this.codes = codes;
        this.compartment = compartment;
    }

    /**
     * The index conditions for a union of filters of one type: all terms of one of these lists must hold. Empty if one
     * of the filters has no term, or if no filters exist.
     */
    public Optional<List<List<IndexCondition>>> terms(List<TypeFilter> filters) {
        List<List<IndexCondition>> all = new ArrayList<>();
        for (TypeFilter filter : filters) {
            List<IndexCondition> ofFilter = new ArrayList<>();
            for (IndexPredicate narrowing : filter.narrowings()) {
                IndexCondition term = term(filter.type(), narrowing);
                if (term != null) {
                    ofFilter.add(term);
                }
            }
            if (ofFilter.isEmpty()) {
                return Optional.empty();
            }
            all.add(ofFilter);
        }
        List<List<IndexCondition>> joined = joined(all);
        return joined.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        joined.size() <= MOST
                                ? joined
                                : joined(joined.stream()
                                        .map(FilterIndex::narrowest)
                                        .toList()));
    }

    private @Nullable IndexCondition term(ResourceType type, IndexPredicate narrowing) {
        String name = narrowing.parameter().name();
        if (name.equals("_id")) {
            return ids(narrowing);
        }
        if (name.equals("_lastUpdated")) {
            return updatedFrom(narrowing);
        }
        IndexCondition patients = patients(type, narrowing);
        return patients == null ? codes(type, narrowing) : patients;
    }

    private static @Nullable IndexCondition ids(IndexPredicate narrowing) {
        Set<String> ids = new HashSet<>();
        for (IndexTerm literal : narrowing.alternatives()) {
            if (!(literal instanceof IndexTerm.Token token) || token.code() == null) {
                return null;
            }
            ids.add(token.code());
        }
        return new Ids(ids);
    }

    /**
     * Only lower bounds are used: {@code meta.lastUpdated} may be earlier than the time of the write, but never later.
     */
    private static @Nullable IndexCondition updatedFrom(IndexPredicate narrowing) {
        Instant earliest = Instant.MAX;
        for (IndexTerm literal : narrowing.alternatives()) {
            if (!(literal instanceof IndexTerm.NotBefore bound)) {
                return null;
            }
            earliest = bound.time().isBefore(earliest) ? bound.time() : earliest;
        }
        return new UpdatedFrom(earliest);
    }

    /** References to patients, in elements that define the patient's compartment. */
    private @Nullable IndexCondition patients(ResourceType type, IndexPredicate narrowing) {
        Set<String> ids = new HashSet<>();
        for (IndexTerm literal : narrowing.alternatives()) {
            if (!(literal instanceof IndexTerm.Reference reference) || !ResourceType.PATIENT.equals(reference.type())) {
                return null;
            }
            ids.add(reference.id());
        }
        boolean covered = narrowing.parameter().paths().stream().allMatch(path -> compartment.covers(type, path));
        return covered ? new Patients(ids) : null;
    }

    private @Nullable IndexCondition codes(ResourceType type, IndexPredicate narrowing) {
        List<TokenIndex.Code> wanted = new ArrayList<>();
        for (IndexTerm literal : narrowing.alternatives()) {
            if (!(literal instanceof IndexTerm.Token token) || token.code() == null) {
                return null;
            }
            wanted.add(new TokenIndex.Code(token.system(), token.code()));
        }
        long[] numbers = codes.numbers(type, narrowing.parameter(), wanted);
        if (numbers == null) {
            return null;
        }
        Set<Long> set = new HashSet<>();
        for (long number : numbers) {
            set.add(number);
        }
        return new Codes(set);
    }

    /** Merges all lists that consist of one term of the same kind. */
    private static List<List<IndexCondition>> joined(List<List<IndexCondition>> all) {
        List<List<IndexCondition>> joined = new ArrayList<>();
        Map<Class<?>, IndexCondition> single = new LinkedHashMap<>();
        for (List<IndexCondition> terms : all) {
            if (terms.size() == 1) {
                single.merge(terms.get(0).getClass(), terms.get(0), FilterIndex::either);
            } else {
                joined.add(terms);
            }
        }
        single.values().forEach(term -> joined.add(List.of(term)));
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

    /** The term that usually selects the fewest rows. */
    private static List<IndexCondition> narrowest(List<IndexCondition> terms) {
        for (Class<?> kind : List.of(Ids.class, Patients.class, Codes.class)) {
            for (IndexCondition term : terms) {
                if (kind.isInstance(term)) {
                    return List.of(term);
                }
            }
        }
        return List.of(terms.get(0));
    }
}
