package dev.sluice.web;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Which web pages of other origins may use the server from a browser.
 *
 * @param allowedOrigins their origins, such as {@code https://app.example.org}, or {@code *} for all; null = none
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">CORS</a>
 */
@ConfigurationProperties("sluice.web.cors")
record CorsSettings(@Nullable List<String> allowedOrigins) {
    CorsSettings {
        if (allowedOrigins != null) {
            allowedOrigins.forEach(CorsSettings::check);
        }
    }

    private static void check(String origin) {
        if (!origin.equals("*") && !isOrigin(origin)) {
            throw new IllegalArgumentException("sluice.web.cors.allowed-origins has '" + origin
                    + "'; write each as scheme, host and port without a path, such as https://app.example.org, or * for"
                    + " all");
        }
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && (uri.getScheme() + "://" + uri.getRawAuthority()).equals(text)
                    && uri.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
