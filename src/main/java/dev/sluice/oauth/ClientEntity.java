package dev.sluice.oauth;

import dev.sluice.security.JobPriority;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** The row of a client: its registration, or only whether a client of the settings is enabled. */
@Entity
@Table(name = "client")
class ClientEntity {
    @Id
    private String id;

    private boolean enabled = true;
    private @Nullable String scopes;
    private @Nullable String jwksUrl;
    private @Nullable String jwks;
    private @Nullable String groups;
    private @Nullable String containers;
    private @Nullable Integer maxOpenJobs;
    private @Nullable String priority;

    /** For Hibernate. */
    protected ClientEntity() {
        this("");
    }

    /** A row of a client that is registered in the settings. */
    ClientEntity(String id) {
        this.id = id;
    }

    /** A row of a client that is registered here. */
    ClientEntity(ClientRegistration registration) {
        this(registration.id());
        this.scopes = String.join(" ", registration.scopes());
        this.groups = joined(registration.groups());
        this.containers = joined(registration.containers());
        this.maxOpenJobs = registration.maxOpenJobs();
        this.priority =
                registration.priority() == null ? null : registration.priority().text();
        replaceKeys(registration.jwksUrl(), registration.jwks());
    }

    private static @Nullable String joined(@Nullable Iterable<String> names) {
        return names == null ? null : String.join(" ", names);
    }

    void enable(boolean value) {
        this.enabled = value;
    }

    final void replaceKeys(@Nullable String url, @Nullable String keys) {
        this.jwksUrl = url;
        this.jwks = keys;
    }

    String id() {
        return id;
    }

    boolean isEnabled() {
        return enabled;
    }

    /** The registration; null if the client is registered in the settings. */
    @Nullable
    ClientRegistration registration() {
        return scopes == null
                ? null
                : new ClientRegistration(
                        id,
                        RegisteredScopes.split(scopes),
                        jwksUrl,
                        jwks,
                        groups == null ? null : RegisteredScopes.split(groups),
                        containers == null ? null : RegisteredScopes.split(containers),
                        maxOpenJobs,
                        priority == null ? null : JobPriority.find(priority).orElse(null));
    }
}
