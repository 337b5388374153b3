package dev.sluice.security;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Decides who gets in. In open mode everybody does; in the other modes a request needs a token, unless its path is
 * public.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration implements WebMvcConfigurer {
    /** What clients read before they have a token, and what only says whether the process lives. */
    static final String[] PUBLIC = {
        "/",
        "/error",
        "/oauth/token",
        "/.well-known/smart-configuration",
        "/fhir/.well-known/smart-configuration",
        "/fhir/metadata",
        "/fhir/OperationDefinition/{id}",
        "/actuator/health",
        "/actuator/health/liveness",
        "/actuator/health/readiness",
    };

    private final AccessInterceptor access;

    SecurityConfiguration(AccessInterceptor access) {
        this.access = access;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(access);
    }

    /** How callers are authenticated. */
    @Bean
    SecurityMode securityMode(SecuritySettings settings) {
        return settings.mode();
    }

    /** Tomcat and the filters before this one refuse what cannot be read; whatever is left needs a token by default. */
    @Bean
    HttpFirewall httpFirewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setUnsafeAllowAnyHttpMethod(true);
        firewall.setAllowUrlEncodedSlash(true);
        firewall.setAllowUrlEncodedDoubleSlash(true);
        firewall.setAllowUrlEncodedPercent(true);
        firewall.setAllowUrlEncodedPeriod(true);
        firewall.setAllowBackSlash(true);
        return firewall;
    }

    /** A path that the firewall refuses is the fault of the request. */
    @Bean
    RequestRejectedHandler requestRejectedHandler(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver errors) {
        return (request, response, fault) -> errors.resolveException(
                request, response, null, FhirException.of(400, "invalid", "The path of the request is not valid."));
    }

    @Bean
    SecurityFilterChain securityFilterChain(
            HttpSecurity http,
            SecurityMode mode,
            TransportPolicy transport,
            ObjectProvider<AuthenticationManagerResolver<HttpServletRequest>> tokens,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver errors) {
        http.csrf(AbstractHttpConfigurer::disable) // no request is authenticated by a cookie
                .cors(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
        if (mode == SecurityMode.OPEN) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .addFilterAfter(new CallerFilter(Caller.ANYONE), AuthorizationFilter.class)
                    .build();
        }
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(PUBLIC)
                        .permitAll()
                        .requestMatchers("/actuator/**")
                        .hasAuthority(Operation.ADMINISTER.name())
                        .anyRequest()
                        .authenticated())
                .oauth2ResourceServer(server -> server.authenticationManagerResolver(tokens.getObject())
                        .authenticationEntryPoint(entryPoint(errors))
                        .accessDeniedHandler(denied(errors))
                        // A token is not bound to a certificate of its client, though Spring says so by default.
                        .protectedResourceMetadata(resource -> resource.protectedResourceMetadataCustomizer(
                                metadata -> metadata.tlsClientCertificateBoundAccessTokens(false)))
                        .withObjectPostProcessor(failures(errors)))
                .addFilterBefore(new TlsFilter(transport, errors), BearerTokenAuthenticationFilter.class)
                .addFilterAfter(new CallerFilter(Caller.NOBODY), AuthorizationFilter.class)
                .build();
    }

    private static AuthenticationEntryPoint entryPoint(HandlerExceptionResolver errors) {
        return (request, response, fault) -> errors.resolveException(
                request,
                response,
                null,
                request.getHeader(HttpHeaders.AUTHORIZATION) == null ? noToken(response) : invalidToken(response));
    }

    /** The refusal of a request without a token, for a response that gets the header for it. */
    static FhirException noToken(HttpServletResponse response) {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return FhirException.of(
                401, "login", "The request has no access token. Send the header Authorization: Bearer and a token.");
    }

    private static FhirException invalidToken(HttpServletResponse response) {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
        return FhirException.of(
                401,
                "login",
                "The access token is not valid: it has expired, is revoked, or is not of an issuer that this server"
                        + " accepts. Get a new one.");
    }

    /** A provider that cannot be asked for its keys, or a database that does not answer, is no fault of the token. */
    private static ObjectPostProcessor<BearerTokenAuthenticationFilter> failures(HandlerExceptionResolver errors) {
        AuthenticationEntryPoint refused = entryPoint(errors);
        return new ObjectPostProcessor<>() {
            @Override
            public <O extends BearerTokenAuthenticationFilter> O postProcess(O filter) {
                filter.setAuthenticationFailureHandler((request, response, fault) -> {
                    if (fault instanceof AuthenticationServiceException) {
                        errors.resolveException(request, response, null, unreachable(fault));
                    } else {
                        refused.commence(request, response, fault);
                    }
                });
                return filter;
            }
        };
    }

    private static FhirException unreachable(Exception fault) {
        return FhirException.of(
                503,
                "transient",
                "The access token cannot be checked now. Send the same request again a little later.",
                fault);
    }

    /** The request did not get as far as the filter that gives it its caller. */
    private static AccessDeniedHandler denied(HandlerExceptionResolver errors) {
        return (request, response, fault) -> {
            request.setAttribute(Caller.ATTRIBUTE, CallerFilter.caller(Caller.NOBODY));
            errors.resolveException(
                    request,
                    response,
                    null,
                    FhirException.of(403, "forbidden", "The access token does not allow this operation."));
        };
    }
}
