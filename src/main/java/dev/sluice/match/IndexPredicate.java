package dev.sluice.match;

import dev.sluice.r4.SearchParameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition of a filter that an index may use to read fewer rows: for this parameter, every matching resource has one
 * of these values.
 *
 * @param alternatives at least one
 */
public record IndexPredicate(SearchParameter parameter, List<IndexTerm> alternatives) {
    /** The predicate for values of which a resource must have one; null if one of them has no index term. */
    public static @Nullable IndexPredicate of(SearchParameter parameter, List<ValueMatch> values) {
        List<IndexTerm> terms = new ArrayList<>(values.size());
        for (ValueMatch value : values) {
            IndexTerm term = value.indexTerm(parameter);
            if (term == null) {
                return null;
            }
            terms.add(term);
        }
        return new IndexPredicate(parameter, terms);
    }
}
