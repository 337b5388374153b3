package dev.sluice.bulkclient;

import java.io.IOException;
import java.util.Optional;

/** Where the bearer token of a request comes from. Safe for use by any number of threads. */
public interface TokenProvider {
    /** No request has a token. */
    TokenProvider NONE = () -> Optional.empty();

    /** The token for the next request; empty = none. */
    Optional<String> token() throws IOException;

    /**
     * The server has refused a token with 401.
     *
     * @return whether {@link #token} gives another one now
     */
    default boolean replace(String refused) {
        return false;
    }

    /** A token that the user has. An empty text is none. */
    static TokenProvider fixed(String token) {
        return token.isEmpty() ? NONE : () -> Optional.of(token);
    }
}
