package dev.sluice.security;

import dev.sluice.fhir.ResourceType;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code system/} scope of SMART, of version 1 ({@code system/Patient.read}) or 2 ({@code system/Patient.rs}). Also
 * read is the form that Microsoft Entra ID needs, which allows neither {@code /} nor {@code *}:
 * {@code system.all.read}.
 *
 * @param type the type that it is for; null = every type
 * @param interactions what it allows
 * @param query what the resources are restricted to, as the query of a search; null = every resource of the type
 * @see <a href="https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html">SMART scopes</a>
 */
public record Scope(
        @Nullable ResourceType type,
        Set<Interaction> interactions,
        @Nullable String query) {
    private static final Pattern FORM =
            Pattern.compile("system[/.](\\*|[A-Za-z]+)\\.(\\*|read|write|[cruds]{1,5})(?:\\?(.+))?");

    /** Every interaction with every type. */
    static final Scope EVERYTHING = new Scope(null, EnumSet.allOf(Interaction.class), null);

    private static final Map<String, Set<Interaction>> VERSION_1 = Map.of(
            "*", EVERYTHING.interactions(),
            "read", EnumSet.of(Interaction.READ, Interaction.SEARCH),
            "write", EnumSet.of(Interaction.CREATE, Interaction.UPDATE, Interaction.DELETE));

    /** Reads a scope; empty if the text is another scope, such as {@code openid}, or names no type of R4. */
    public static Optional<Scope> find(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String name = form.group(1);
        boolean every = name.equals("*") || name.equals("all");
        Optional<ResourceType> type = every ? Optional.empty() : ResourceType.find(name);
        Set<Interaction> interactions =
                Optional.ofNullable(VERSION_1.get(form.group(2))).orElseGet(() -> Interaction.of(form.group(2)));
        boolean valid = (every || type.isPresent()) && !interactions.isEmpty() && !(every && form.group(3) != null);
        return valid ? Optional.of(new Scope(type.orElse(null), interactions, form.group(3))) : Optional.empty();
    }

    public Scope {
        interactions = Set.copyOf(interactions);
    }

    /** Whether it allows this with every resource of the type. */
    boolean allows(Interaction interaction, ResourceType asked) {
        return query == null && isFor(asked) && interactions.contains(interaction);
    }

    boolean isFor(ResourceType asked) {
        return type == null || type.equals(asked);
    }

    /** Whether it allows resources to be exported: who may read them and search for them may do so. */
    boolean exports() {
        return interactions.contains(Interaction.READ) && interactions.contains(Interaction.SEARCH);
    }

    /** The operations of the server that it allows. */
    public Set<Operation> operations() {
        return exports() ? Set.of(Operation.EXPORT) : Set.of();
    }

    /** What both scopes allow; empty if that is nothing. */
    public Optional<Scope> and(Scope other) {
        Set<Interaction> both = EnumSet.noneOf(Interaction.class);
        both.addAll(interactions);
        both.retainAll(other.interactions);
        boolean sameTypes = type == null || other.type == null || type.equals(other.type);
        return both.isEmpty() || !sameTypes
                ? Optional.empty()
                : Optional.of(new Scope(type == null ? other.type : type, both, both(query, other.query)));
    }

    /** The query of resources that match both queries; the parameters of a search are joined by "and". */
    private static @Nullable String both(@Nullable String one, @Nullable String other) {
        if (one == null || other == null || one.equals(other)) {
            return one == null ? other : one;
        }
        return one + "&" + other;
    }

    /** The scope in the form of version 2, such as {@code system/Patient.rs}. */
    public String text() {
        StringBuilder text =
                new StringBuilder("system/").append(type == null ? "*" : type).append('.');
        new TreeSet<>(interactions).forEach(interaction -> text.append(interaction.letter()));
        return query == null ? text.toString() : text + "?" + query;
    }

    /** Whether everything that the other scope allows is allowed by this one. */
    public boolean covers(Scope other) {
        return (type == null || type.equals(other.type))
                && interactions.containsAll(other.interactions)
                && (query == null || query.equals(other.query));
    }
}
