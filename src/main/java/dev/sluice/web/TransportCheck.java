package dev.sluice.web;

import dev.sluice.security.TransportPolicy;
import java.net.URI;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/** Refuses to start where tokens would be sent without TLS, or the URLs of the server are not known to be https. */
@Component
class TransportCheck {
    TransportCheck(TransportPolicy policy, WebSettings base, HttpSettings http, ServerProperties server) {
        if (!policy.requiresTls()) {
            return;
        }
        URI url = base.baseUrl();
        if (url == null || !"https".equals(url.getScheme())) {
            throw new IllegalStateException("sluice.security.mode needs the public https URL of the server in"
                    + " sluice.base-url, such as https://fhir.example.org/fhir, but it is "
                    + (url == null ? "not set" : "'" + url + "'") + ".");
        }
        if (!Ssl.isEnabled(server.getSsl()) && http.proxies().isEmpty()) {
            throw new IllegalStateException(
                    "sluice.security.mode needs TLS: name a certificate in server.ssl.*, or, if a"
                            + " proxy in front of this server has it, the address of the proxy in sluice.web.trusted-proxies.");
        }
    }
}
