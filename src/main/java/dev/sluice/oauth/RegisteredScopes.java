package dev.sluice.oauth;

import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import dev.sluice.security.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The scopes that a client is registered with, which bound the scopes of its tokens.
 *
 * @param texts as they are written
 */
record RegisteredScopes(List<String> texts) {
    /** The scopes of operations that act on no type of resource. */
    static final Map<String, Set<Operation>> OPERATIONS = Map.of(
            "sluice/import", Set.of(Operation.IMPORT, Operation.IMPORT_DELETIONS),
            "sluice/admin", Set.of(Operation.ADMINISTER));

    RegisteredScopes {
        texts = List.copyOf(texts);
    }

    /**
     * Reads scopes that an operator has written, separated by spaces.
     *
     * @throws IllegalArgumentException with a sentence if one is no scope, or there is none
     */
    static RegisteredScopes parse(String where, Collection<String> written) {
        List<String> texts = written.stream()
                .flatMap(text -> split(text).stream())
                .distinct()
                .toList();
        for (String text : texts) {
            if (!OPERATIONS.containsKey(text) && Scope.find(text).isEmpty()) {
                throw new IllegalArgumentException(where + " has '" + text
                        + "', which is no scope of this server; write scopes such as system/*.rs, system/Patient.rs,"
                        + " sluice/import or sluice/admin, separated by spaces");
            }
        }
        if (texts.isEmpty()) {
            throw new IllegalArgumentException(
                    where + " is missing; it says what the client may do, such as system/*.rs");
        }
        return new RegisteredScopes(texts);
    }

    /** The words of a {@code scope} parameter or claim. */
    static List<String> split(String text) {
        return Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
    }

    /**
     * What a client gets that asks for these scopes: those within its registered ones as they are written, and of wider
     * ones the part that is registered. Others are left out.
     */
    List<String> grant(Collection<String> requested) {
        Set<String> granted = new LinkedHashSet<>();
        for (String text : requested) {
            if (OPERATIONS.containsKey(text)) {
                if (texts.contains(text)) {
                    granted.add(text);
                }
            } else {
                Scope.find(text).ifPresent(scope -> granted.addAll(within(text, scope)));
            }
        }
        return List.copyOf(granted);
    }

    /** The permissions of a token with these scopes, as far as they are registered. */
    Permissions permissions(Collection<String> granted) {
        List<String> registered = grant(granted);
        List<Scope> scopes = new ArrayList<>();
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String text : registered) {
            operations.addAll(OPERATIONS.getOrDefault(text, Set.of()));
            Scope.find(text).ifPresent(scopes::add);
        }
        scopes.forEach(scope -> operations.addAll(scope.operations()));
        return new Permissions(scopes, operations);
    }

    private Collection<String> within(String text, Scope requested) {
        Map<String, Scope> parts = new LinkedHashMap<>();
        for (String registered : texts) {
            Optional<Scope> scope = Scope.find(registered);
            if (scope.isPresent() && scope.get().covers(requested)) {
                return List.of(text);
            }
            scope.flatMap(requested::and).ifPresent(part -> parts.put(part.text(), part));
        }
        return parts.keySet();
    }
}
