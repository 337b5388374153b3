package dev.sluice.oauth;

import dev.sluice.security.JobPriority;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of mode smart.
 *
 * @param clients the clients that are registered in the settings, by their ids
 * @param allowPrivateJwks whether the keys of clients are also fetched from private addresses
 * @param tokenKeySecret what the private keys in the database are encrypted with; null = they are not encrypted
 */
@ConfigurationProperties("sluice.security")
record OauthSettings(
        Map<String, Registration> clients,
        @DefaultValue("false") boolean allowPrivateJwks,
        @Nullable String tokenKeySecret) {
    private static final int SHORTEST_SECRET = 32;

    OauthSettings(
            @Nullable Map<String, Registration> clients, boolean allowPrivateJwks, @Nullable String tokenKeySecret) {
        this.clients = clients == null ? Map.of() : Map.copyOf(clients);
        this.allowPrivateJwks = allowPrivateJwks;
        this.tokenKeySecret = tokenKeySecret;
        if (tokenKeySecret != null && tokenKeySecret.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("sluice.security.token-key-secret has " + tokenKeySecret.length()
                    + " characters; it must have at least " + SHORTEST_SECRET + ", chosen at random");
        }
    }

    /**
     * A client.
     *
     * @param jwksUrl where it publishes its keys
     * @param jwks its keys
     * @param jwksFile a file with its keys
     * @param scopes what it may ask for
     * @param groups the Groups that it may read and export; null or {@code *} = all
     * @param containers the containers that it may name; null or {@code *} = all
     * @param maxOpenJobs how many exports it may have open at a time
     * @param priority of its jobs
     */
    record Registration(
            @Nullable URI jwksUrl,
            @Nullable String jwks,
            @Nullable String jwksFile,
            @Nullable List<String> scopes,
            @Nullable List<String> groups,
            @Nullable List<String> containers,
            @Nullable Integer maxOpenJobs,
            @Nullable JobPriority priority) {}

    /** The secret is not printed. */
    @Override
    public String toString() {
        return "OauthSettings[clients=" + clients.keySet() + "]";
    }
}
