package dev.sluice.signin;

import java.time.Duration;
import java.util.List;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;

/**
 * The authorization code flow with PKCE, by which people sign in.
 *
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth">OpenID Connect</a>
 */
final class SignInFlow {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final OpenIdProvider provider;
    private final People people;
    private final SignInHandlers handlers;
    private final boolean secure;

    SignInFlow(OpenIdProvider provider, People people, SignInHandlers handlers, boolean secure) {
        this.provider = provider;
        this.people = people;
        this.handlers = handlers;
        this.secure = secure;
    }

    void addTo(HttpSecurity http) {
        http.addFilterBefore(new CallbackLimit(), OAuth2LoginAuthenticationFilter.class);
        http.oauth2Login(login -> login.clientRegistrationRepository(provider)
                .authorizedClientRepository(new NoTokens())
                .loginPage(SignInPaths.PAGE)
                .loginProcessingUrl(SignInPaths.CALLBACK)
                .authorizationEndpoint(start -> start.authorizationRequestResolver(new SignInStart(provider))
                        .authorizationRequestRepository(new PendingSignIns(secure)))
                .tokenEndpoint(tokens -> tokens.accessTokenResponseClient(tokenClient()))
                .userInfoEndpoint(user -> user.oidcUserService(people))
                .successHandler(handlers)
                .failureHandler(handlers)
                .withObjectPostProcessor(idTokens())
                .withObjectPostProcessor(failures()));
    }

    private ObjectPostProcessor<OidcAuthorizationCodeAuthenticationProvider> idTokens() {
        return new ObjectPostProcessor<>() {
            @Override
            public <O extends OidcAuthorizationCodeAuthenticationProvider> O postProcess(O flow) {
                flow.setJwtDecoderFactory(provider);
                return flow;
            }
        };
    }

    /** A provider that does not answer is told like what goes wrong after it has answered. */
    private ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter> failures() {
        return new ObjectPostProcessor<>() {
            @Override
            public <O extends OAuth2AuthorizationRequestRedirectFilter> O postProcess(O filter) {
                filter.setAuthenticationFailureHandler(handlers);
                return filter;
            }
        };
    }

    private static RestClientAuthorizationCodeTokenResponseClient tokenClient() {
        SimpleClientHttpRequestFactory http = new SimpleClientHttpRequestFactory();
        http.setConnectTimeout(TIMEOUT);
        http.setReadTimeout(TIMEOUT);
        List<HttpMessageConverter<?>> converters =
                List.of(new FormHttpMessageConverter(), new OAuth2AccessTokenResponseHttpMessageConverter());
        RestClientAuthorizationCodeTokenResponseClient client = new RestClientAuthorizationCodeTokenResponseClient();
        client.setRestClient(RestClient.builder()
                .requestFactory(http)
                .configureMessageConverters(all -> converters.forEach(all::addCustomConverter))
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build());
        return client;
    }
}
