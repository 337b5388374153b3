package dev.sluice.oidc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whose tokens mode {@code oidc} accepts.
 *
 * @param issuers the providers, each by its issuer URL
 * @param audiences what a token must be for: one of these is in its {@code aud}
 * @param rolesClaim the claim that has the roles; a dot leads into an object
 * @param allowUsers whether tokens of people are accepted, and not only those of programs
 */
@ConfigurationProperties("sluice.security.oidc")
record OidcSettings(List<String> issuers, List<String> audiences, String rolesClaim, boolean allowUsers) {
    OidcSettings(
            @Nullable List<String> issuers,
            @Nullable List<String> audiences,
            @DefaultValue("roles") String rolesClaim,
            @DefaultValue("false") boolean allowUsers) {
        this.issuers = issuers == null ? List.of() : List.copyOf(issuers);
        this.audiences = audiences == null ? List.of() : List.copyOf(audiences);
        this.rolesClaim = rolesClaim;
        this.allowUsers = allowUsers;
        this.issuers.forEach(issuer -> ProviderDocument.requireIssuer("sluice.security.oidc.issuers", issuer));
    }

    /**
     * Returns if tokens can be accepted at all.
     *
     * @throws IllegalStateException with a sentence otherwise
     */
    void requireProvider() {
        if (issuers.isEmpty() || audiences.isEmpty()) {
            throw new IllegalStateException(
                    "sluice.security.mode is oidc, but "
                            + (issuers.isEmpty()
                                    ? "sluice.security.oidc.issuers is empty: name the provider by its issuer URL."
                                    : "sluice.security.oidc.audiences is empty: name what tokens for this server have in aud."));
        }
    }
}
