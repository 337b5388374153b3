package dev.sluice.security;

import java.net.InetAddress;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/**
 * Which connections the mode of access control allows. Open mode listens on loopback only. The other modes need TLS, since
 * whoever reads a token can use it.
 */
@Component
public class TransportPolicy {
    private final SecurityMode mode;
    private final boolean allowOpen;
    private final boolean allowHttp;

    TransportPolicy(SecuritySettings settings, ServerProperties server) {
        this.mode = settings.mode();
        this.allowOpen = settings.allowOpen();
        this.allowHttp = settings.allowHttp();
        InetAddress address = server.getAddress();
        boolean loopback = address != null && address.isLoopbackAddress();
        String listens = "server.address is " + (address == null ? "every interface" : address.getHostAddress());
        if (isOpen() && !allowOpen && !loopback) {
            throw new IllegalStateException(
                    "sluice.security.mode is open: every client that can connect can read and write"
                            + " everything. It listens on loopback only, but " + listens
                            + ". Set server.address=127.0.0.1, or, in a closed network, sluice.security.allow-open=true.");
        }
        if (allowHttp && !loopback) {
            throw new IllegalStateException("sluice.security.allow-http is for tests on one machine, but " + listens
                    + ". Set server.address=127.0.0.1, or leave sluice.security.allow-http out and use TLS.");
        }
    }

    /** Whether open mode may listen on other addresses than loopback. */
    public boolean allowsOpenEverywhere() {
        return isOpen() && allowOpen;
    }

    /** Whether clients on other machines use this server, so that they may use its addresses. */
    public boolean isUsedEverywhere() {
        return !isOpen() || allowOpen;
    }

    /** Whether requests must come by TLS, to this server or to a proxy in front of it. */
    public boolean requiresTls() {
        return !isOpen() && !allowHttp;
    }

    /** How callers are authenticated. */
    public SecurityMode mode() {
        return mode;
    }

    private boolean isOpen() {
        return mode == SecurityMode.OPEN;
    }
}
