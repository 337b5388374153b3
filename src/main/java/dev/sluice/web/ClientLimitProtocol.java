package dev.sluice.web;

import java.net.InetAddress;
import java.util.function.Predicate;
import org.apache.coyote.http11.Http11NioProtocol;

/** HTTP/1.1 of Tomcat over a {@link ClientLimitEndpoint}. It is public because Tomcat creates it by its name. */
public final class ClientLimitProtocol extends Http11NioProtocol {
    private final ClientLimitEndpoint endpoint;

    /** For Tomcat. */
    public ClientLimitProtocol() {
        this(new ClientLimitEndpoint());
    }

    private ClientLimitProtocol(ClientLimitEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    /** Sets the limits before the server starts. */
    void limit(int connectionsPerAddress, Predicate<InetAddress> unlimited) {
        endpoint.limit(connectionsPerAddress, unlimited);
    }
}
