package dev.sluice.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command {@code client} does. The methods throw an {@link IllegalArgumentException} or an {@link
 * IllegalStateException} with a sentence if they cannot do it.
 */
public interface ClientAdministration extends AutoCloseable {
    /** Opens the database. */
    interface Opener {
        /** Opens it with the settings of the server, each {@code --key=value}. */
        ClientAdministration open(List<String> settings);
    }

    /**
     * A client of the server.
     *
     * @param source where it is registered: {@code database} or {@code configuration}
     */
    record ListedClient(String id, boolean enabled, String source, List<String> scopes) {}

    /**
     * A client to register; null = not given.
     *
     * @param id its client id
     * @param scopes what it may ask for, separated by spaces
     * @param jwksUrl where it publishes its keys
     * @param jwks its keys
     * @param groups the Groups that it may read and export
     * @param containers the containers that it may name
     * @param maxOpenJobs how many exports it may have open at a time
     * @param priority of its jobs: low, normal or high
     */
    record NewClient(
            String id,
            @Nullable String scopes,
            @Nullable String jwksUrl,
            @Nullable String jwks,
            @Nullable List<String> groups,
            @Nullable List<String> containers,
            @Nullable Integer maxOpenJobs,
            @Nullable String priority) {}

    /** All clients. */
    List<ListedClient> list();

    void add(NewClient client);

    /** Returns a sentence about what has changed. */
    String enable(String id, boolean enabled);

    void rotate(String id, @Nullable String jwksUrl, @Nullable String jwks);

    /**
     * Cancels all exports that have not ended, refuses all access tokens, and disables a client. Returns a sentence for
     * each.
     *
     * @param id the client; null = all
     */
    List<String> stop(@Nullable String id);

    @Override
    void close();
}
