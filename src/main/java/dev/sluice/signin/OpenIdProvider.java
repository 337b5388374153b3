package dev.sluice.signin;

import dev.sluice.oidc.Provider;
import dev.sluice.oidc.ProviderDocument;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** The provider by which people sign in. The server starts without it. Safe for use by any number of threads. */
final class OpenIdProvider implements ClientRegistrationRepository, JwtDecoderFactory<ClientRegistration> {
    /** There is one provider. */
    static final String ID = "console";

    private final SignInSettings.Oidc settings;
    private final String issuer;
    private final ProviderDocument document;
    private final NimbusJwtDecoder idTokens;
    private volatile @Nullable ClientRegistration known;

    OpenIdProvider(SignInSettings.Oidc settings) {
        this.settings = settings;
        this.issuer = Objects.requireNonNull(settings.issuer());
        this.document = new ProviderDocument(issuer);
        this.idTokens = Provider.decoder(issuer, token -> validator().validate(token));
        this.idTokens.setClaimSetConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverter());
    }

    String issuer() {
        return issuer;
    }

    /** @throws SignInException if the provider cannot be asked for its URLs */
    @Override
    public ClientRegistration findByRegistrationId(String id) {
        ClientRegistration registration = known;
        if (registration == null) {
            registration = registration();
            known = registration;
        }
        return registration;
    }

    private ClientRegistration registration() {
        try {
            ClientRegistration.Builder builder = ClientRegistrations.fromOidcConfiguration(document.get())
                    .registrationId(ID)
                    .clientId(Objects.requireNonNull(settings.clientId()))
                    .redirectUri("{baseUrl}" + SignInPaths.CALLBACK)
                    .scope("openid", "profile", "email")
                    // All that is needed is in the ID token.
                    .userInfoUri(null);
            if (settings.clientSecret() == null) {
                builder.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
            } else {
                builder.clientSecret(settings.clientSecret());
            }
            return builder.build();
        } catch (IOException | IllegalArgumentException e) {
            throw new SignInException(SignInProblem.PROVIDER_AWAY, null, e);
        }
    }

    @Override
    public JwtDecoder createDecoder(ClientRegistration registration) {
        return idTokens;
    }

    /** The issuer, the audience, the times and the authorized party. The nonce is compared by who began the sign-in. */
    private OAuth2TokenValidator<Jwt> validator() {
        return JwtValidators.createDefaultWithValidators(List.of(new OidcIdTokenValidator(findByRegistrationId(ID))));
    }
}
