package dev.sluice.security;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may do. Everything that is not in it is denied.
 *
 * @param scopes interactions with resources
 * @param operations operations of the server
 */
public record Permissions(List<Scope> scopes, Set<Operation> operations) {
    /** Everything. */
    public static final Permissions ALL = new Permissions(List.of(Scope.EVERYTHING), EnumSet.allOf(Operation.class));

    /** Nothing. */
    public static final Permissions NONE = new Permissions(List.of(), Set.of());

    public Permissions {
        scopes = List.copyOf(scopes);
        operations = Set.copyOf(operations);
    }

    public boolean allow(Operation operation) {
        return operations.contains(operation);
    }

    /** Whether this is allowed with every resource of the type. A restricted scope does not count. */
    public boolean allow(Interaction interaction, ResourceType type) {
        return scopes.stream().anyMatch(scope -> scope.allows(interaction, type));
    }

    /** Throws a 403 problem that names what is missing, if this is not allowed. */
    public void require(Interaction interaction, ResourceType type) {
        if (!allow(interaction, type)) {
            throw FhirException.of(
                    403,
                    "forbidden",
                    "The access token does not allow to " + interaction.verb() + " " + type
                            + " resources; that needs a scope such as system/" + type + "." + interaction.letter()
                            + ".");
        }
    }

    /**
     * The types that an export may hold, each with the queries that its resources must match one of; a type without a
     * query is exported whole. Null = every type, whole.
     */
    public @Nullable Map<ResourceType, List<String>> exportable() {
        if (scopes.stream().anyMatch(scope -> scope.exports() && scope.type() == null)) {
            return null;
        }
        Map<ResourceType, List<String>> types = new TreeMap<>();
        for (Scope scope : scopes) {
            ResourceType type = scope.type();
            if (scope.exports() && type != null && !List.of().equals(types.get(type))) {
                types.merge(type, queries(scope), Permissions::both);
            }
        }
        return types;
    }

    private static List<String> queries(Scope scope) {
        return scope.query() == null ? List.of() : List.of(scope.query());
    }

    /** Of two restrictions one must hold; without one, all is exported. */
    private static List<String> both(List<String> some, List<String> others) {
        return others.isEmpty()
                ? others
                : java.util.stream.Stream.concat(some.stream(), others.stream())
                        .distinct()
                        .toList();
    }
}
