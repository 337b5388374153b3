package dev.sluice.web;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How the server is reached.
 *
 * @param baseUrl the public FHIR base; without it, the one of each request
 */
@ConfigurationProperties("sluice")
record WebSettings(@Nullable URI baseUrl) {
    WebSettings {
        if (baseUrl != null && (!baseUrl.isAbsolute() || baseUrl.getHost() == null)) {
            throw new IllegalArgumentException(
                    "sluice.base-url is '" + baseUrl + "'; it must be a URL such as https://fhir.example.org/fhir");
        }
    }
}
