package dev.sluice.web;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings of the server's public addresses.
 *
 * @param baseUrl the public FHIR base; without it, the one of each request
 * @param otherBases base URLs that mean this server too where they stand in references
 */
@ConfigurationProperties("sluice")
record WebSettings(@Nullable URI baseUrl, List<URI> otherBases) {
    WebSettings(@Nullable URI baseUrl, @Nullable List<URI> otherBases) {
        this.baseUrl = baseUrl;
        this.otherBases = otherBases == null ? List.of() : List.copyOf(otherBases);
        for (URI other : this.otherBases) {
            requireBase(other, "sluice.other-bases names");
        }
        if (baseUrl != null) {
            requireBase(baseUrl, "sluice.base-url is");
        }
    }

    private static void requireBase(URI url, String key) {
        String scheme = url.getScheme();
        boolean http = "http".equals(scheme) || "https".equals(scheme);
        if (!http || url.getHost() == null || url.getQuery() != null || url.getFragment() != null) {
            throw new IllegalArgumentException(
                    key + " '" + url + "'; it must be a URL such as https://fhir.example.org/fhir");
        }
    }
}
