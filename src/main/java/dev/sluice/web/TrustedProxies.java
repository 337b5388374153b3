package dev.sluice.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.catalina.util.NetMask;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.stereotype.Component;

/** The proxies whose forwarded headers count. */
@Component
class TrustedProxies {
    private final List<NetMask> ranges;

    TrustedProxies(HttpSettings settings, ServerProperties server) {
        ForwardHeadersStrategy strategy = server.getForwardHeadersStrategy();
        if (strategy != null && strategy != ForwardHeadersStrategy.NONE) {
            throw new IllegalStateException("server.forward-headers-strategy is "
                    + strategy.toString().toLowerCase(java.util.Locale.ROOT)
                    + ", which trusts the headers of every client. Leave it out, and name the addresses of the proxies in"
                    + " sluice.web.trusted-proxies.");
        }
        this.ranges = settings.proxies();
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** @param address an address, never a name */
    boolean contain(String address) {
        try {
            return !isEmpty() && contain(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    boolean contain(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.matches(address));
    }
}
