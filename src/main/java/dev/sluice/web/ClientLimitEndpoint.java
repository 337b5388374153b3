package dev.sluice.web;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts a limited number of connections from one address, and measures the {@link DataRate} of each connection. Tomcat
 * has neither: its timeouts begin anew with each byte.
 */
final class ClientLimitEndpoint extends NioEndpoint {
    private static final Logger log = LoggerFactory.getLogger(ClientLimitEndpoint.class);

    /** The number of bytes of an address that identify a client: a /64 network of IPv6; an address of IPv4 is shorter. */
    private static final int NETWORK_BYTES = 8;

    /**
     * The operating system takes up to some 4 MB at once, and more when a third of that is gone. A client that takes 20 KB
     * a second needs longer for it than the usual timeout.
     */
    private static final long WRITE_TIMEOUTS = 3;

    private static final long LOG_EVERY = TimeUnit.MINUTES.toNanos(1);

    private final Map<ByteBuffer, Integer> counts = new ConcurrentHashMap<>();
    private int most = Integer.MAX_VALUE;
    private Predicate<InetAddress> unlimited = address -> true;
    private long lastLogged = System.nanoTime() - LOG_EVERY;

    /** Sets the limits before the endpoint starts. */
    void limit(int connectionsPerAddress, Predicate<InetAddress> unlimitedAddresses) {
        this.most = connectionsPerAddress;
        this.unlimited = unlimitedAddresses;
    }

    /** Called by the one thread that accepts connections. */
    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        InetAddress address = socket.socket().getInetAddress();
        if (address != null && !unlimited.test(address) && counts.getOrDefault(network(address), 0) >= most) {
            tell(address);
            destroySocket(socket);
            return false;
        }
        boolean accepted = super.setSocketOptions(socket);
        SocketWrapperBase<NioChannel> connection = connections.get(socket);
        if (connection != null) {
            connection.setWriteTimeout(WRITE_TIMEOUTS * getConnectionTimeout());
        }
        return accepted;
    }

    /** Called when data comes on a connection that no thread works for. */
    @Override
    public boolean processSocket(SocketWrapperBase<NioChannel> connection, SocketEvent event, boolean dispatch) {
        boolean partOfRequest = connection.getCurrentProcessor() != null; // Tomcat keeps it for incomplete headers
        if (!partOfRequest && connection.getSocket() instanceof Measured channel) {
            channel.client().rate.restart();
        }
        return super.processSocket(connection, event, dispatch);
    }

    private void tell(InetAddress address) {
        if (System.nanoTime() - lastLogged >= LOG_EVERY) {
            lastLogged = System.nanoTime();
            log.warn(
                    "{} has {} connections, and more are refused. If it is a proxy, name it in"
                            + " sluice.web.trusted-proxies; otherwise sluice.web.connections-per-address is the limit.",
                    address.getHostAddress(),
                    most);
        }
    }

    private static ByteBuffer network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, NETWORK_BYTES));
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffer) {
        return isSSLEnabled() ? new MeasuredSecureChannel(buffer) : new MeasuredChannel(buffer);
    }

    /** What a channel knows of its client. Tomcat uses a channel for one connection after the other. */
    private final class Client {
        private final DataRate rate = new DataRate(System::nanoTime);
        private @Nullable ByteBuffer network;

        /** @param channel null if the connection has ended */
        synchronized void changeConnection(@Nullable SocketChannel channel) {
            rate.restart();
            if (network != null) {
                counts.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
                network = null;
            }
            InetAddress address = channel == null ? null : channel.socket().getInetAddress();
            if (address != null) {
                network = network(address);
                counts.merge(network, 1, Integer::sum);
            }
        }

        int read(int bytes) throws IOException {
            rate.read(bytes);
            return bytes;
        }

        int written(int bytes, ByteBuffer source) throws IOException {
            rate.written(bytes, source.hasRemaining());
            return bytes;
        }
    }

    private interface Measured {
        Client client();
    }

    private final class MeasuredChannel extends NioChannel implements Measured {
        private final Client client = new Client();

        MeasuredChannel(SocketBufferHandler buffer) {
            super(buffer);
        }

        @Override
        public Client client() {
            return client;
        }

        @Override
        public void reset(@Nullable SocketChannel channel, @Nullable NioSocketWrapper wrapper) throws IOException {
            super.reset(channel, wrapper);
            client.changeConnection(channel);
        }

        @Override
        public void close(boolean force) throws IOException {
            try {
                super.close(force);
            } finally {
                client.changeConnection(null); // Tomcat resets no channel that fails to close
            }
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return client.read(super.read(target));
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return client.written(super.write(source), source);
        }
    }

    private final class MeasuredSecureChannel extends SecureNioChannel implements Measured {
        private final Client client = new Client();

        MeasuredSecureChannel(SocketBufferHandler buffer) {
            super(buffer, ClientLimitEndpoint.this);
        }

        @Override
        public Client client() {
            return client;
        }

        @Override
        public void reset(@Nullable SocketChannel channel, @Nullable NioSocketWrapper wrapper) throws IOException {
            super.reset(channel, wrapper);
            client.changeConnection(channel);
        }

        @Override
        public void close(boolean force) throws IOException {
            try {
                super.close(force);
            } finally {
                client.changeConnection(null); // Tomcat resets no channel that fails to close
            }
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return client.read(super.read(target));
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return client.written(super.write(source), source);
        }
    }
}
