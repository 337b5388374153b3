package dev.sluice.signin;

import dev.sluice.security.SecurityMode;
import java.net.URI;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** How people sign in. */
@Component
public class SignIn {
    private final SecurityMode mode;
    private final Optional<OpenIdProvider> provider;

    SignIn(SecurityMode mode, SignInSettings settings) {
        this.mode = mode;
        this.provider =
                Optional.ofNullable(settings.oidc().issuer()).map(issuer -> new OpenIdProvider(settings.oidc()));
        if (mode == SecurityMode.OPEN && provider.isPresent()) {
            throw new IllegalStateException(
                    "sluice.console.oidc.issuer is set, but sluice.security.mode is open: everybody"
                            + " who can connect may do everything, without a sign-in. Set the mode to smart or oidc, or leave out"
                            + " sluice.console.oidc.");
        }
    }

    /** Whether the console needs a sign-in. */
    public boolean isNeeded() {
        return mode != SecurityMode.OPEN;
    }

    /** The host of the provider; empty if the settings name none. */
    public Optional<String> host() {
        return provider.map(known -> URI.create(known.issuer()).getHost());
    }

    Optional<OpenIdProvider> provider() {
        return provider;
    }
}
