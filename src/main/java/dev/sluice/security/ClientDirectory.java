package dev.sluice.security;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the operator has said of clients. */
public interface ClientDirectory {
    /**
     * The limits of a client; of a person, those of the program. Empty if the client is disabled, or of a person, either the
     * program or the person: its tokens are refused and its sessions end.
     *
     * @param client its id; of a person, the id of the program, a space, and the id of the person
     */
    Optional<ClientLimits> limits(String client);

    /**
     * What a client of this server may do at this time, for work that it has left behind. Empty if it is disabled or no
     * longer registered.
     *
     * @param issuer this server, as it is recorded with the owner of the work
     * @param granted the scopes of the token by which it left the work
     */
    default Optional<Caller> registered(String issuer, String client, List<String> granted) {
        return Optional.empty();
    }

    /**
     * The same for a client or a person of an OpenID provider, which alone knows what they may do at this time: the granted
     * scopes count. Empty if the client is disabled, as in {@link #limits}.
     *
     * @param client as in {@link #limits}
     */
    default Optional<Caller> ofProvider(String issuer, String client, List<String> granted) {
        List<Scope> scopes =
                granted.stream().flatMap(text -> Scope.find(text).stream()).toList();
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        scopes.forEach(scope -> operations.addAll(scope.operations()));
        return limits(client).map(limits -> new Caller(issuer, client, new Permissions(scopes, operations), limits));
    }
}
