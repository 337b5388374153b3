package dev.sluice.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Makes sockets with a short TCP keep-alive, for the property {@code socketFactory} of the JDBC driver. A statement that
 * waits for its answer fails about a minute after its database has disappeared from the network, however long it may take
 * otherwise. By default, operating systems send the first keep-alive probe after two hours. They send none while earlier
 * bytes are not acknowledged: a statement that is sent after the database has disappeared fails when the system gives up
 * sending it again.
 *
 * <p>The driver only asks for unconnected sockets; the other methods throw. Safe for use by any number of threads.
 */
public final class KeepAliveSocketFactory extends SocketFactory {
    /** The silence before the first probe and the time between probes, in seconds, and the number of probes. */
    private static final Map<SocketOption<Integer>, Integer> OPTIONS = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 30,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 10,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        socket.setKeepAlive(true);
        for (Map.Entry<SocketOption<Integer>, Integer> option : OPTIONS.entrySet()) {
            if (socket.supportedOptions().contains(option.getKey())) { // older versions of Windows have none
                socket.setOption(option.getKey(), option.getValue());
            }
        }
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw unconnectedOnly();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw unconnectedOnly();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw unconnectedOnly();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw unconnectedOnly();
    }

    private static UnsupportedOperationException unconnectedOnly() {
        return new UnsupportedOperationException("the JDBC driver connects its sockets by itself");
    }
}
