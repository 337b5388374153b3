package dev.sluice.oidc;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examination;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.fhir.Plural;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.NestedExceptionUtils;

/** Checks whether the providers can be asked for their keys, and whether they are those of the settings. */
@Examines(Topic.TOKENS)
@ConditionalOnProperty(name = "sluice.security.mode", havingValue = "oidc")
final class ProvidersCheck implements Check {
    private final OidcSettings settings;

    ProvidersCheck(OidcSettings settings) {
        this.settings = settings;
    }

    @Override
    public List<Finding> run() {
        settings.requireProvider();
        Map<String, Callable<Finding>> providers = new LinkedHashMap<>();
        for (String named : settings.issuers()) {
            for (String issuer : EntraTenant.issuers(named)) {
                providers.put("The provider " + issuer, () -> ask(issuer));
            }
        }
        return Examination.atTheSameTime(Topic.TOKENS, providers);
    }

    private static Finding ask(String issuer) {
        try {
            int keys = new ProviderKeys(issuer)
                    .get()
                    .get(new JWKSelector(new JWKMatcher.Builder().build()), null)
                    .size();
            return keys > 0
                    ? Finding.ok(Topic.TOKENS, "The provider " + issuer + " has " + Plural.of(keys, "key") + ".")
                    : problem("The provider " + issuer + " publishes no key");
        } catch (KeySourceException e) {
            return problem("The provider " + issuer + " cannot be asked for its keys: "
                    + NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        }
    }

    private static Finding problem(String text) {
        return Finding.problem(
                Topic.TOKENS,
                text + ".",
                "Its tokens are answered with 503 until then. Write the issuer in sluice.security.oidc.issuers exactly as"
                        + " its tokens have it in iss, and let this machine reach <issuer>/.well-known/openid-configuration"
                        + " and the keys.");
    }
}
