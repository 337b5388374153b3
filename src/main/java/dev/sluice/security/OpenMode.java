package dev.sluice.security;

import java.net.InetAddress;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/** Refuses to start a server in open mode that other hosts can reach, unless a setting allows it. */
@Component
public class OpenMode {
    private final boolean allowedEverywhere;

    OpenMode(SecuritySettings settings, ServerProperties server) {
        this.allowedEverywhere = settings.mode() == SecurityMode.OPEN && settings.allowOpen();
        InetAddress address = server.getAddress();
        boolean loopback = address != null && address.isLoopbackAddress();
        if (settings.mode() == SecurityMode.OPEN && !loopback && !settings.allowOpen()) {
            throw new IllegalStateException(
                    "sluice.security.mode is open: every client that can connect can read and write"
                            + " everything. It listens on loopback only, but server.address is "
                            + (address == null ? "every interface" : address.getHostAddress())
                            + ". Set server.address=127.0.0.1, or, in a closed network, sluice.security.allow-open=true.");
        }
    }

    /** Whether a setting allows open mode on other addresses than loopback. */
    public boolean isAllowedEverywhere() {
        return allowedEverywhere;
    }
}
