package dev.sluice.signin;

import dev.sluice.security.OpenIdIssuers;
import dev.sluice.security.TlsFilter;
import dev.sluice.security.TransportPolicy;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Lets people in to the console, by a session. No other path takes a session, so no page of a stranger can use one for the
 * HTTP API.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("!'${sluice.security.mode:open}'.equalsIgnoreCase('open')")
class SignInConfiguration {
    private final SignInSettings settings;
    private final TransportPolicy transport;
    private final People people;
    private final SignInHandlers handlers;
    private final SignIn signIn;

    SignInConfiguration(
            SignInSettings settings, TransportPolicy transport, People people, SignInHandlers handlers, SignIn signIn) {
        this.signIn = signIn;
        this.settings = settings;
        this.transport = transport;
        this.people = people;
        this.handlers = handlers;
    }

    /** Whose people sign in. */
    @Bean
    OpenIdIssuers issuerOfPeople() {
        String issuer = settings.oidc().issuer();
        return () -> issuer == null ? Set.of() : Set.of(issuer);
    }

    /** Without a provider, nobody has a session: there is the page that says what to set, and nothing else. */
    @Bean
    @Order(1)
    SecurityFilterChain consoleFilterChain(
            HttpSecurity http, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver errors) {
        http.securityMatcher(SignInPaths.CONSOLE, SignInPaths.CONSOLE + "/**")
                .csrf(AbstractHttpConfigurer::disable) // the pages take forms of their own origin only
                .cors(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable) // the pages have their own
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .authorizeHttpRequests(requests -> requests.requestMatchers(
                                SignInPaths.PAGE, SignInPaths.START, SignInPaths.CALLBACK, SignInPaths.ASSETS)
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(refused -> refused.authenticationEntryPoint(new NoSession(errors)))
                .addFilterBefore(new TlsFilter(transport, probe -> false, errors), SecurityContextHolderFilter.class)
                .addFilterAfter(new SessionFilter(settings, people, errors), SecurityContextHolderFilter.class);
        signIn.provider()
                .ifPresent(provider -> new SignInFlow(provider, people, handlers, transport.requiresTls()).addTo(http));
        return http.build();
    }
}
