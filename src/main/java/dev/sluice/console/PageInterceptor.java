package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Protects the pages: a browser loads nothing for them from elsewhere, runs no script but those of {@link Assets}, and
 * shows them in no frame. Only a page of the console itself can send a form, also if {@code sluice.web.cors} allows other
 * origins for the API.
 *
 * @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy</a>
 */
@Component
class PageInterceptor implements HandlerInterceptor, WebMvcConfigurer {
    // Pico has its icons as data: URLs in the style sheet. A form may lead to the page of a provider for the sign-out.
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final BaseUrl base;

    PageInterceptor(BaseUrl base) {
        this.base = base;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/console", "/console/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        response.setHeader("Content-Security-Policy", POLICY);
        // Without a referrer for the own pages, browsers would send "null" as the origin of a form.
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        if (!READING.contains(request.getMethod()) && !isOfThisOrigin(request)) {
            throw FhirException.of(
                    403,
                    "forbidden",
                    "This form was not sent by a page of this console. Programs use the HTTP API: " + base.of(request)
                            + "/metadata describes it.");
        }
        return true;
    }

    private boolean isOfThisOrigin(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return "same-origin".equals(request.getHeader("Sec-Fetch-Site"));
        }
        return origin.equalsIgnoreCase(originOf(
                        ServletUriComponentsBuilder.fromContextPath(request).toUriString()))
                || origin.equalsIgnoreCase(originOf(base.of(request)));
    }

    private static String originOf(String url) {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }
}
