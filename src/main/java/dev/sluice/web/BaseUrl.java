package dev.sluice.web;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The public FHIR base of this server, which goes into headers and manifests. Without a slash at its end. */
@Component
public class BaseUrl {
    private final WebSettings settings;

    BaseUrl(WebSettings settings) {
        this.settings = settings;
    }

    /**
     * The configured base; without one, where this request was sent to (and {@code Forwarded} or {@code X-Forwarded-*}
     * if {@code server.forward-headers-strategy} says that they can be trusted).
     */
    public String of(HttpServletRequest request) {
        return settings.baseUrl() == null
                ? ServletUriComponentsBuilder.fromContextPath(request)
                        .path("/fhir")
                        .toUriString()
                : withoutSlash(settings.baseUrl().toString());
    }

    /** Whether a URL begins with the configured base, if there is one. */
    public boolean isOwn(String base) {
        return settings.baseUrl() != null
                && withoutSlash(settings.baseUrl().toString()).equals(base);
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
