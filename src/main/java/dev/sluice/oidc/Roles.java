package dev.sluice.oidc;

import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import dev.sluice.security.Scope;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the roles in a token allow: those of Microsoft's open-source FHIR server, and SMART's system scopes. Other roles
 * allow nothing.
 *
 * @see <a href="https://github.com/microsoft/fhir-server/blob/main/docs/Roles.md">Roles of Microsoft's server</a>
 */
final class Roles {
    /**
     * Who has a scope to read and to search exports what it is for. Roles that do not export have two scopes for that, so
     * that they do not export either if another role of the token exports something else.
     */
    private static final List<String> READ = List.of("system/*.r", "system/*.s");

    private static final Map<String, Grant> NAMED = Map.of(
            "globalReader", new Grant(READ, Set.of()),
            "globalExporter", new Grant(List.of("system/*.rs"), Set.of(Operation.EXPORT)),
            "globalImporter", new Grant(READ, Set.of(Operation.IMPORT, Operation.IMPORT_DELETIONS)),
            "globalWriter", new Grant(List.of("system/*.r", "system/*.cuds"), Set.of()),
            "globalAdmin", new Grant(List.of("system/*.cruds"), EnumSet.allOf(Operation.class)));

    private record Grant(List<String> scopes, Set<Operation> operations) {}

    private Roles() {}

    /** The permissions of all of these roles together. */
    static Permissions permissions(Collection<String> roles) {
        Set<Scope> scopes = new LinkedHashSet<>();
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String role : roles) {
            Grant grant = NAMED.get(role);
            if (grant != null) {
                grant.scopes().forEach(text -> Scope.find(text).ifPresent(scopes::add));
                operations.addAll(grant.operations());
            } else {
                Scope.find(role).ifPresent(scope -> {
                    scopes.add(scope);
                    operations.addAll(scope.operations());
                });
            }
        }
        return new Permissions(List.copyOf(scopes), operations);
    }
}
