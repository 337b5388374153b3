package dev.sluice.web;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    CorsSettings {
        if (allowedOrigins != null) {
            allowedOrigins =
                    allowedOrigins.stream().map(CorsSettings::asBrowsersWriteIt).toList();
        }
    }

    /** The allowed origins, and that of this server's public URL, whose pages are its own. */
    Set<String> with(@Nullable URI base) {
        Set<String> origins = new HashSet<>(allowedOrigins == null ? List.of() : allowedOrigins);
        if (base != null) {
            origins.add(origin(base.getScheme(), base.getHost(), base.getPort()));
        }
        return origins;
    }

    /**
     * An origin as browsers write it.
     *
     * @param port negative for the scheme's usual one
     */
    static String origin(String scheme, String host, int port) {
        boolean usual = port < 0 || port == (scheme.equalsIgnoreCase("https") ? HTTPS : HTTP);
        return (scheme + "://" + host).toLowerCase(Locale.ROOT) + (usual ? "" : ":" + port);
    }

    private static String asBrowsersWriteIt(String text) {
        if (text.equals("*")) {
            return text;
        }
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null
                    && uri.getUserInfo() == null
                    && (uri.getScheme() + "://" + uri.getRawAuthority()).equals(text)) {
                return origin(uri.getScheme(), uri.getHost(), uri.getPort());
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new IllegalArgumentException("sluice.web.cors.allowed-origins has '" + text
                + "'; write each as scheme, host and port without a path, such as https://app.example.org, or * for"
                + " all");
    }
}
