package dev.sluice.security;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Decides who gets in. In open mode everybody does; in the other modes a request needs a token, unless its path is
 * public.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration implements WebMvcConfigurer {
    private static final Logger log = LoggerFactory.getLogger(SecurityConfiguration.class);

    /** What clients read before they have a token. */
    static final String[] PUBLIC = {
        "/",
        "/error",
        "/console/assets/{version}/{name}",
        "/console/signin",
        "/oauth/token",
        "/.well-known/smart-configuration",
        "/fhir/.well-known/smart-configuration",
        "/fhir/metadata",
        "/fhir/OperationDefinition/{id}",
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

    /** Each filter of each request would be measured, which costs more than the filters do. */
    @Bean
    SecurityObservationSettings securityObservationSettings() {
        return SecurityObservationSettings.noObservations();
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

    /** What the firewall refuses is told like other requests that cannot be read. */
    @Bean
    RequestRejectedHandler requestRejectedHandler(
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver errors) {
        return (request, response, fault) -> errors.resolveException(request, response, null, fault);
    }

    @Bean
    SecurityFilterChain securityFilterChain(
            HttpSecurity http,
            SecurityMode mode,
            TransportPolicy transport,
            ObjectProvider<AuthenticationManagerResolver<HttpServletRequest>> tokens,
            WebEndpointProperties actuator,
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
        RequestMatcher health = health(actuator.getBasePath());
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(PUBLIC)
                        .permitAll()
                        .requestMatchers(health)
                        .permitAll()
                        .requestMatchers(EndpointRequest.toAnyEndpoint())
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
                .addFilterBefore(new TlsFilter(transport, health, errors), BearerTokenAuthenticationFilter.class)
                .addFilterAfter(new CallerFilter(Caller.NOBODY), AuthorizationFilter.class)
                .build();
    }

    /** What only says whether the process lives. */
    private static RequestMatcher health(String actuator) {
        String path = StringUtils.trimTrailingCharacter(actuator, '/') + "/health";
        List<RequestMatcher> paths = Stream.of(path, path + "/liveness", path + "/readiness")
                .<RequestMatcher>map(PathPatternRequestMatcher.withDefaults()::matcher)
                .toList();
        return new OrRequestMatcher(paths);
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
                        errors.resolveException(request, response, null, unreachable(request, fault));
                    } else {
                        refused.commence(request, response, fault);
                    }
                });
                return filter;
            }
        };
    }

    /** One line: anybody can send tokens, and each may have this problem. */
    private static FhirException unreachable(HttpServletRequest request, Exception fault) {
        log.warn(
                "{} {} was put off, its access token cannot be checked: {}",
                request.getMethod(),
                request.getRequestURI(),
                NestedExceptionUtils.getMostSpecificCause(fault).getMessage());
        return FhirException.of(
                503,
                "transient",
                "The access token cannot be checked now. Send the same request again a little later.");
    }

    /** The request did not get as far as the filter that gives it its caller. */
    private static AccessDeniedHandler denied(HandlerExceptionResolver errors) {
        return (request, response, fault) -> {
            CallerFilter.caller(Caller.NOBODY).attachTo(request);
            errors.resolveException(
                    request,
                    response,
                    null,
                    FhirException.of(403, "forbidden", "The access token does not allow this operation."));
        };
    }
}
