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
    private static final String READ = "system/*.rs";
    private static final String WRITE = "system/*.cruds";

    private static final Map<String, Grant> NAMED = Map.of(
            "globalReader", new Grant(READ, Set.of()),
            "globalExporter", new Grant(READ, Set.of(Operation.EXPORT)),
            "globalImporter", new Grant(READ, Set.of(Operation.IMPORT)),
            "globalWriter", new Grant(WRITE, Set.of()),
            "globalAdmin", new Grant(WRITE, EnumSet.allOf(Operation.class)));

    private record Grant(String scope, Set<Operation> operations) {}

    private Roles() {}

    /** The permissions of all of these roles together. */
    static Permissions permissions(Collection<String> roles) {
        Set<Scope> scopes = new LinkedHashSet<>();
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String role : roles) {
            Grant grant = NAMED.get(role);
            if (grant != null) {
                Scope.find(grant.scope()).ifPresent(scopes::add);
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
