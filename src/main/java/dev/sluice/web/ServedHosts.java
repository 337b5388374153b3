package dev.sluice.web;

import dev.sluice.security.TransportPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * The host names under which the server answers: {@code localhost}, loopback addresses, the host of {@code
 * sluice.base-url}, and {@code sluice.web.allowed-hosts}. Where clients on other machines use the server, also every
 * address that is written as one: health checks of a cluster have no name for a process.
 *
 * <p>A web page can have its own name lead to this server (DNS rebinding). The browser then takes the server for the
 * page's own site. The name in the {@code Host} header shows it, and a page cannot change that name. An address needs no
 * look-up, so no page has an address of this server.
 */
@Component
class ServedHosts {
    private static final String ANY = "*";
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";

    /** Matches a text that is an IP address. Only such a text is passed to {@code InetAddress}, which would look up a name. */
    private static final Pattern ADDRESS =
            Pattern.compile(BYTE + "(\\." + BYTE + "){3}|\\[[0-9a-f:]+(\\." + BYTE + "){0,3}]");

    private final Set<String> names = new TreeSet<>(Set.of("localhost"));
    private final boolean everyAddress;

    ServedHosts(WebSettings base, HttpSettings settings, TransportPolicy transport) {
        if (base.baseUrl() != null) {
            names.add(base.baseUrl().getHost().toLowerCase(Locale.ROOT));
        }
        if (settings.allowedHosts() != null) {
            settings.allowedHosts().forEach(host -> names.add(host.toLowerCase(Locale.ROOT)));
        }
        this.everyAddress = transport.isUsedEverywhere();
    }

    /** @param host a name or an address without a port */
    boolean contains(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return names.contains(name)
                || (ADDRESS.matcher(name).matches() && (everyAddress || isLoopback(name)))
                || (names.contains(ANY) && name.matches("[a-z0-9._-]+|\\[[0-9a-f:.]+]"));
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
