package dev.sluice.oauth;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import org.apache.catalina.util.NetMask;

/**
 * Creates sockets that connect to public addresses only. The socket checks the address that it connects to, so it does not
 * matter how often a name is resolved, nor in which form an address is written.
 */
final class PublicSockets extends SocketFactory {
    /**
     * Addresses that are not reachable by everybody, or that another address is part of.
     *
     * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">special addresses of IPv4</a>
     * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">special addresses of IPv6</a>
     */
    private static final List<NetMask> SPECIAL = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    // The services of Azure for its machines.
                    "168.63.129.16",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3")
            .map(NetMask::new)
            .toList();

    /** Of IPv6, only these addresses are given to hosts; those after them embed one of IPv4, or are for documents. */
    private static final NetMask GLOBAL = new NetMask("2000::/3");

    private static final List<NetMask> NOT_GLOBAL = Stream.of("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
            .map(NetMask::new)
            .toList();

    private final Predicate<InetAddress> allowed;

    /** @param allowed which addresses are allowed beside public ones */
    PublicSockets(Predicate<InetAddress> allowed) {
        this.allowed = allowed;
    }

    static boolean isPublic(InetAddress address) {
        return address.getAddress().length == 4
                ? SPECIAL.stream().noneMatch(range -> range.matches(address))
                : GLOBAL.matches(address) && NOT_GLOBAL.stream().noneMatch(range -> range.matches(address));
    }

    private boolean isAllowed(InetAddress address) {
        return isPublic(address) || allowed.test(address);
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress endpoint, int timeout) throws IOException {
                InetAddress address = endpoint instanceof InetSocketAddress inet ? inet.getAddress() : null;
                if (address == null || !isAllowed(address)) {
                    throw new IOException(
                            endpoint + " is no public address" + " (sluice.security.allow-private-jwks allows others)");
                }
                super.connect(endpoint, timeout);
            }

            @Override
            public void connect(SocketAddress endpoint) throws IOException {
                connect(endpoint, 0);
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        Socket socket = createSocket();
        socket.connect(new InetSocketAddress(host, port));
        return socket;
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return createSocket(address, port);
    }
}
