package dev.sluice.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Many clients that each send and take one byte a second, from several addresses of this machine. */
public final class SlowClients implements AutoCloseable {
    private static final int FROM_ONE_ADDRESS = 100;

    private final int port;
    private final List<SocketChannel> clients = new ArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> trickle = thread.scheduleWithFixedDelay(this::trickle, 1, 1, TimeUnit.SECONDS);

    /** Clients of a server on this port. */
    public SlowClients(int port) {
        this.port = port;
    }

    /** Connects clients that begin with this text. */
    public void connect(int count, String beginning) {
        for (int i = 0; i < count; i++) {
            try {
                SocketChannel client = SocketChannel.open();
                client.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
                client.bind(new InetSocketAddress(address(2 + clients.size() / FROM_ONE_ADDRESS), 0));
                client.connect(new InetSocketAddress(address(1), port));
                client.write(ByteBuffer.wrap(beginning.getBytes(StandardCharsets.US_ASCII)));
                client.configureBlocking(false);
                synchronized (clients) {
                    clients.add(client);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Loopback has many addresses. */
    private static InetAddress address(int number) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number});
    }

    /** How many the server has not sent away. */
    public int held() {
        synchronized (clients) {
            return clients.size();
        }
    }

    private void trickle() {
        synchronized (clients) {
            clients.removeIf(client -> !isHeld(client));
        }
    }

    private static boolean isHeld(SocketChannel client) {
        try {
            client.write(ByteBuffer.wrap(new byte[] {'x'}));
            return client.read(ByteBuffer.allocate(1)) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        trickle.cancel(false);
        thread.shutdown();
        synchronized (clients) {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }
}
