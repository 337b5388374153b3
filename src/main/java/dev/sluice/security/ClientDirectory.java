package dev.sluice.security;

import java.util.Optional;

/** What the operator has said of clients. */
public interface ClientDirectory {
    /** The limits of a client, by its id. Empty if the client is disabled: its tokens are refused. */
    Optional<ClientLimits> limits(String client);
}
