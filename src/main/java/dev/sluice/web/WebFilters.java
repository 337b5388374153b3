package dev.sluice.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.filter.ForwardedHeaderFilter;
import org.springframework.web.filter.UrlHandlerFilter;

/** Registers the servlet filters of Spring that this server uses. */
@Configuration(proxyBeanMethods = false)
class WebFilters {
    private static final String BASE = "/fhir/**";

    /** What a page of another origin could not read otherwise. */
    private static final List<String> EXPOSED = List.of(
            HttpHeaders.ACCEPT_RANGES,
            HttpHeaders.ALLOW,
            HttpHeaders.CONTENT_ENCODING,
            HttpHeaders.CONTENT_LENGTH,
            HttpHeaders.CONTENT_LOCATION,
            HttpHeaders.CONTENT_RANGE,
            HttpHeaders.ETAG,
            HttpHeaders.EXPIRES,
            HttpHeaders.LAST_MODIFIED,
            HttpHeaders.LINK,
            HttpHeaders.LOCATION,
            HttpHeaders.RETRY_AFTER,
            "Preference-Applied",
            "X-Export-Status",
            "X-Progress");

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final Duration PREFLIGHT_KEPT = Duration.ofMinutes(10);

    /** A path with a slash at its end means the same without it. */
    @Bean
    @FilterRegistration(order = FilterOrder.TRAILING_SLASH)
    UrlHandlerFilter trailingSlashFilter() {
        return UrlHandlerFilter.trailingSlashHandler(BASE).wrapRequest().build();
    }

    /** The headers count only if they come from a proxy that the settings name. */
    @Bean
    @FilterRegistration(order = FilterOrder.FORWARDED)
    ForwardedHeaderFilter forwardedHeaderFilter(TrustedProxies proxies) {
        return new ForwardedHeaderFilter() {
            @Override
            protected boolean shouldNotFilter(HttpServletRequest request) {
                return !proxies.contain(request.getRemoteAddr()) || super.shouldNotFilter(request);
            }

            /** The response to headers that cannot be read contains no URL, so the forwarded headers are not needed for it. */
            @Override
            protected boolean shouldNotFilterErrorDispatch() {
                return true;
            }
        };
    }

    /** Without origins that are allowed it allows nothing, and the browser keeps the answer from the page. */
    @Bean
    @FilterRegistration(order = FilterOrder.CORS)
    CorsFilter corsFilter(CorsSettings settings, WebSettings base) {
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        if (settings.allowedOrigins() != null) {
            CorsConfiguration cors = new CorsConfiguration();
            cors.setAllowedOrigins(List.copyOf(settings.with(base.baseUrl())));
            cors.setAllowedMethods(METHODS);
            cors.addAllowedHeader(CorsConfiguration.ALL);
            cors.setExposedHeaders(EXPOSED);
            cors.setMaxAge(PREFLIGHT_KEPT);
            source.registerCorsConfiguration(BASE, cors);
        }
        CorsFilter filter = new CorsFilter(source);
        filter.setCorsProcessor(new DefaultCorsProcessor() {
            @Override
            protected void rejectRequest(ServerHttpResponse response) throws IOException {
                OperationOutcomes.write(
                        ((ServletServerHttpResponse) response).getServletResponse(),
                        403,
                        "This server does not serve pages of this origin; sluice.web.cors.allowed-origins names those"
                                + " that it does.");
            }
        });
        return filter;
    }
}
