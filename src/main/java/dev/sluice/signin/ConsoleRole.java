package dev.sluice.signin;

import dev.sluice.oidc.ClaimPath;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import dev.sluice.security.Scope;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a person may do in the console. Each role may do what those before it may. */
@SuppressWarnings("ImmutableEnumChecker") // the lists and sets of permissions are copies that nobody changes
enum ConsoleRole {
    /** Sees the jobs of all owners and how they stand, without their data. */
    VIEWER(new Permissions(List.of(), Set.of(Operation.VIEW))),
    /**
     * Also exports and imports, and downloads what its own exports gave. An import creates and updates, by lines as by
     * Bundles; nothing is deleted, also not by lines that are deletions.
     */
    EXPORTER(new Permissions(
            Scope.find("system/*.crus").stream().toList(), Set.of(Operation.VIEW, Operation.EXPORT, Operation.IMPORT))),
    /** May do everything. */
    ADMINISTRATOR(Permissions.ALL);

    private final Permissions permissions;

    ConsoleRole(Permissions permissions) {
        this.permissions = permissions;
    }

    Permissions permissions() {
        return permissions;
    }

    /** The word for it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The most that these claims of an ID token give; empty if they give nothing. */
    static Optional<ConsoleRole> of(Map<String, Object> claims, SignInSettings.Oidc settings) {
        List<String> given = ClaimPath.values(claims, settings.rolesClaim());
        if (!Collections.disjoint(given, settings.administrators())) {
            return Optional.of(ADMINISTRATOR);
        }
        if (!Collections.disjoint(given, settings.exporters())) {
            return Optional.of(EXPORTER);
        }
        return Collections.disjoint(given, settings.viewers()) ? Optional.empty() : Optional.of(VIEWER);
    }
}
