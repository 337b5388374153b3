package dev.sluice.filter;

import dev.sluice.fhir.ResourceType;
import dev.sluice.match.FilterIssues;
import dev.sluice.match.ReferenceMatch;
import dev.sluice.r4.R4Structure;
import dev.sluice.r4.SearchParameter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the chains and {@code _has} clauses of a query, which test other resources by references. */
final class ChainParser {
    static final String HAS = "_has";

    /**
     * The largest number of references that a filter follows; each one needs a lookup of another resource for each row.
     */
    private static final int MOST_FOLLOWED = 2;

    private static final Pattern HAS_FORM = Pattern.compile(HAS + ":([^:]*):([^:]*):(.+)");
    private static final int NAMED = 5;

    private final ParameterFinder finder;
    private final ClauseParser clauses;
    private final Predicate<String> ownBase;
    private final FilterLimits limits;

    ChainParser(ParameterFinder finder, ClauseParser clauses, Predicate<String> ownBase, FilterLimits limits) {
        this.finder = finder;
        this.clauses = clauses;
        this.ownBase = ownBase;
        this.limits = limits;
    }

    static boolean isLink(String name) {
        return name.indexOf('.') > 0 || isHas(name);
    }

    private static boolean isHas(String name) {
        return name.equals(HAS) || name.startsWith(HAS + ":");
    }

    /** Empty after adding to the faults. */
    Optional<Clause> parse(ResourceType type, Clause.Text text, int followed, FilterIssues faults) {
        if (followed == MOST_FOLLOWED) {
            faults.unsupported("follows more than " + MOST_FOLLOWED
                    + " references, which is not supported; export the types in" + " between, too, and join them");
            return Optional.empty();
        }
        return isHas(text.name()) ? has(type, text, followed, faults) : chain(type, text, followed, faults);
    }

    private Optional<Clause> has(ResourceType type, Clause.Text text, int followed, FilterIssues faults) {
        limits.reverseChain();
        Matcher form = HAS_FORM.matcher(text.name());
        if (!form.matches()) {
            faults.syntax("has the part " + FilterIssues.quote(text.name()) + ", which has not the form"
                    + " _has:Type:reference:parameter=value");
            return Optional.empty();
        }
        Optional<ResourceType> source = type(form.group(1), faults);
        Optional<SearchParameter> reference = source.flatMap(s -> reference(s, form.group(2), faults));
        if (source.isEmpty() || reference.isEmpty()) {
            return Optional.empty();
        }
        if (!reference.get().targets().contains(type)) {
            faults.unsupported(ReferenceMatch.noTarget(reference.get(), type));
            return Optional.empty();
        }
        return clauses.parse(source.get(), new Clause.Text(form.group(3), text.values()), followed + 1, faults)
                .map(clause -> new TypeFilter(source.get(), List.of(clause)))
                .map(filter -> new HasClause(text, new ReverseChain(filter, reference.get(), type, ownBase)));
    }

    private Optional<Clause> chain(ResourceType type, Clause.Text text, int followed, FilterIssues faults) {
        int dot = text.name().indexOf('.');
        String head = text.name().substring(0, dot);
        int colon = head.indexOf(':');
        Optional<SearchParameter> reference = reference(type, colon < 0 ? head : head.substring(0, colon), faults);
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        Clause.Text rest = new Clause.Text(text.name().substring(dot + 1), text.values());
        Map<ResourceType, TypeFilter> targets = colon < 0
                ? anyTarget(reference.get().targets(), rest, followed + 1, faults)
                : type(head.substring(colon + 1), faults)
                        .map(target -> oneTarget(reference.get(), target, rest, followed + 1, faults))
                        .orElse(Map.of());
        return targets.isEmpty()
                ? Optional.empty()
                : Optional.of(new ChainClause(text, reference.get(), targets, ownBase));
    }

    private Map<ResourceType, TypeFilter> oneTarget(
            SearchParameter reference, ResourceType target, Clause.Text rest, int followed, FilterIssues faults) {
        if (!reference.targets().contains(target)) {
            faults.unsupported(ReferenceMatch.noTarget(reference, target));
            return Map.of();
        }
        return clauses.parse(target, rest, followed, faults)
                .map(clause -> Map.of(target, new TypeFilter(target, List.of(clause))))
                .orElse(Map.of());
    }

    /** In R4 a chain without a type applies to every type that has the parameter. */
    private Map<ResourceType, TypeFilter> anyTarget(
            List<ResourceType> types, Clause.Text rest, int followed, FilterIssues faults) {
        String name = rest.name().split("[.:]", 2)[0];
        List<ResourceType> knowing =
                types.stream().filter(type -> finder.isKnown(type, name)).toList();
        if (knowing.isEmpty()) {
            finder.unknown(types.stream().limit(NAMED).toList(), name, faults);
            return Map.of();
        }
        Map<ResourceType, TypeFilter> targets = new TreeMap<>();
        FilterIssues first = faults.apart();
        for (ResourceType type : knowing) {
            FilterIssues apart = faults.apart();
            clauses.parse(type, rest, followed, apart)
                    .ifPresent(clause -> targets.put(type, new TypeFilter(type, List.of(clause))));
            first = first.any() ? first : apart;
        }
        if (targets.isEmpty()) {
            faults.addAll(first);
        }
        return targets;
    }

    private static Optional<ResourceType> type(String name, FilterIssues faults) {
        Optional<ResourceType> type = ResourceType.find(name);
        if (type.isEmpty()) {
            faults.misspelt(": " + ResourceType.unknown(FilterIssues.cut(name)));
        }
        return type;
    }

    private Optional<SearchParameter> reference(ResourceType type, String name, FilterIssues faults) {
        Optional<SearchParameter> found = finder.find(type, name, faults);
        if (found.isPresent() && !(found.get().has("Reference") || found.get().has(R4Structure.RESOURCE))) {
            faults.unsupported("follows " + found.get() + ", but only references by type and id can be followed");
            return Optional.empty();
        }
        return found;
    }
}
