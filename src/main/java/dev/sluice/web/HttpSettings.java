package dev.sluice.web;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.catalina.util.NetMask;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Under which names the server is used, and who connects to it.
 *
 * @param allowedHosts names of the server beside those of {@link ServedHosts}; {@code *} = any
 * @param trustedProxies addresses, or ranges of addresses, of proxies whose forwarded headers count
 * @param connectionsPerAddress how many connections one address has at a time
 */
@ConfigurationProperties("sluice.web")
record HttpSettings(
        @Nullable List<String> allowedHosts,
        @Nullable List<String> trustedProxies,
        @DefaultValue("128") int connectionsPerAddress) {
    private static final Pattern NAME = Pattern.compile("\\*|[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]");

    HttpSettings {
        allowedHosts = allowedHosts == null ? List.of() : allowedHosts;
        trustedProxies = trustedProxies == null ? List.of() : trustedProxies;
        for (String host : allowedHosts) {
            if (!NAME.matcher(host).matches()) {
                throw new IllegalArgumentException("sluice.web.allowed-hosts has '" + host
                        + "'; write each as a name without scheme and port, such as fhir.example.org, or * for any");
            }
        }
        trustedProxies.forEach(HttpSettings::range);
        if (connectionsPerAddress < 1) {
            throw new IllegalArgumentException("sluice.web.connections-per-address is " + connectionsPerAddress
                    + "; it must be at least 1, such as 128");
        }
    }

    List<NetMask> proxies() {
        return trustedProxies == null
                ? List.of()
                : trustedProxies.stream().map(HttpSettings::range).toList();
    }

    /** {@code NetMask} would look up a name. */
    private static NetMask range(String text) {
        try {
            if (text.matches("[0-9A-Fa-f:.]+(/\\d+)?") && text.matches(".*[:.].*")) {
                return new NetMask(text);
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new IllegalArgumentException("sluice.web.trusted-proxies has '" + text
                + "'; write each as an address or a range, such as 10.0.0.7 or 10.0.0.0/24");
    }
}
