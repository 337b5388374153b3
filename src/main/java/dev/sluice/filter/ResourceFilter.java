package dev.sluice.filter;

import dev.sluice.json.TopLevelScanner;
import dev.sluice.match.TextPrefilter;
import dev.sluice.r4.ContainedResources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tests stored resources of one type with its filters: a resource is accepted if one filter matches, or if no filters
 * exist.
 *
 * <p>Most other resources are rejected because their bytes lack a required string. Of the remaining ones only the
 * fields that the filters use are parsed. Neither changes the result. Safe for use by any number of threads, if the
 * linked resources are.
 */
public final class ResourceFilter {
    /** The field that must be read for references to contained resources. */
    private static final Set<String> ALWAYS = Set.of("resourceType", "id", ContainedResources.FIELD);

    /** Fewer filters or strings than this are tested one after the other. */
    private static final int FEW_FILTERS = 8;

    private final List<TypeFilter> filters;
    private final FilterTable table = new FilterTable();
    private final List<List<List<TextPrefilter>>> necessary;
    private final TopLevelScanner fields;
    private final ChainResolver linked;

    /**
     * @param filters of one type
     * @param linked used only by filters with chains or {@code _has}
     */
    public ResourceFilter(List<TypeFilter> filters, ChainResolver linked) {
        this.filters = filters.size() <= FEW_FILTERS
                ? List.copyOf(filters)
                : filters.stream().filter(filter -> !table.add(filter)).toList();
        this.necessary = this.filters.stream().map(ResourceFilter::necessary).toList();
        this.linked = linked;
        this.fields = fields(filters);
    }

    /** Reads the fields that the filters use, and no others. */
    static TopLevelScanner fields(List<TypeFilter> filters) {
        Set<String> roots = new HashSet<>(ALWAYS);
        for (TypeFilter filter : filters) {
            filter.clauses().forEach(clause -> clause.roots().forEach(roots::add));
        }
        return new TopLevelScanner(roots);
    }

    /** Whether every resource is accepted. */
    public boolean isEmpty() {
        return filters.isEmpty() && table.isEmpty();
    }

    /**
     * Whether a resource is accepted.
     *
     * @param json one JSON object in UTF-8, known to be valid
     */
    public boolean matches(byte[] json, int offset, int length) {
        if (isEmpty()) {
            return true;
        }
        ObjectNode resource = table.isEmpty() ? null : fields.read(json, offset, length);
        if (resource != null && table.matches(resource, linked)) {
            return true;
        }
        for (int i = 0; i < filters.size(); i++) {
            if (mayTake(necessary.get(i), json, offset, length)) {
                resource = resource == null ? fields.read(json, offset, length) : resource;
                if (filters.get(i).matches(resource, linked)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** For each clause that requires one of several strings, these strings. */
    private static List<List<TextPrefilter>> necessary(TypeFilter filter) {
        List<List<TextPrefilter>> clauses = new ArrayList<>();
        for (Clause clause : filter.clauses()) {
            List<String> texts = clause.size() > FEW_FILTERS ? null : clause.necessary();
            if (texts != null) {
                List<TextPrefilter> searchable = texts.stream()
                        .map(TextPrefilter::of)
                        .filter(Objects::nonNull)
                        .toList();
                if (searchable.size() == texts.size()) {
                    clauses.add(searchable);
                }
            }
        }
        return clauses;
    }

    private static boolean mayTake(List<List<TextPrefilter>> clauses, byte[] json, int offset, int length) {
        for (List<TextPrefilter> alternatives : clauses) {
            if (!mayHoldOne(alternatives, json, offset, length)) {
                return false;
            }
        }
        return true;
    }

    private static boolean mayHoldOne(List<TextPrefilter> alternatives, byte[] json, int offset, int length) {
        for (TextPrefilter text : alternatives) {
            if (text.mayBeIn(json, offset, length)) {
                return true;
            }
        }
        return false;
    }
}
