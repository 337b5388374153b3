package dev.sluice.web;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.security.SecurityMode;
import dev.sluice.security.TransportPolicy;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Import;

/**
 * Checks whether the mode fits the connections by which clients come. What the server refuses to start with, the classes
 * that it imports refuse.
 */
@Examines(Topic.ACCESS)
@Import({TransportPolicy.class, TransportCheck.class, TrustedProxies.class})
final class AccessCheck implements Check {
    private final TransportPolicy policy;
    private final String base;
    private final boolean hasCertificate;
    private final boolean hasProxy;

    AccessCheck(
            TransportPolicy policy,
            TransportCheck transport,
            TrustedProxies proxies,
            WebSettings web,
            ServerProperties server) {
        this.policy = policy;
        this.base = web.baseUrl() == null
                ? "the URL of each request"
                : web.baseUrl().toString();
        this.hasCertificate = Ssl.isEnabled(server.getSsl());
        this.hasProxy = !proxies.isEmpty();
    }

    @Override
    public List<Finding> run() {
        String text = "Mode " + policy.mode().toString().toLowerCase(Locale.ROOT) + ", base URL " + base + ", TLS by "
                + (hasCertificate ? "the server" : hasProxy ? "a trusted proxy" : "nobody") + ".";
        if (policy.allowsOpenEverywhere()) {
            return List.of(Finding.warning(
                    Topic.ACCESS,
                    text + " Every client that can connect can read and write everything.",
                    "Keep the network closed, or set sluice.security.mode to smart or oidc."));
        }
        return List.of(
                policy.mode() != SecurityMode.OPEN && !policy.requiresTls()
                        ? Finding.warning(
                                Topic.ACCESS,
                                text + " Tokens are accepted without TLS.",
                                "Leave out sluice.security.allow-http, which is for tests.")
                        : Finding.ok(Topic.ACCESS, text));
    }
}
