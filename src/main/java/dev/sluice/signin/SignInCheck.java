package dev.sluice.signin;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.util.List;
import org.springframework.core.NestedExceptionUtils;

/** Checks whether the provider of the console can be asked for its URLs. */
@Examines(Topic.TOKENS)
final class SignInCheck implements Check {
    private final SignInSettings settings;

    SignInCheck(SignInSettings settings) {
        this.settings = settings;
    }

    @Override
    public List<Finding> run() {
        String issuer = settings.oidc().issuer();
        if (issuer == null) {
            return List.of();
        }
        try {
            new OpenIdProvider(settings.oidc()).findByRegistrationId(OpenIdProvider.ID);
            return List.of(Finding.ok(Topic.TOKENS, "The provider " + issuer + " answers; people can sign in."));
        } catch (SignInException e) {
            return List.of(Finding.problem(
                    Topic.TOKENS,
                    "The provider " + issuer + " cannot be asked for its URLs: "
                            + NestedExceptionUtils.getMostSpecificCause(e).getMessage() + ".",
                    "Nobody can sign in to the console until then. Write the issuer in sluice.console.oidc.issuer exactly as"
                            + " its tokens have it in iss, and let this machine reach"
                            + " <issuer>/.well-known/openid-configuration."));
        }
    }
}
