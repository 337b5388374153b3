package dev.sluice.job;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy in front of a database that can stop forwarding, as a network does that drops all packets. */
final class DeafProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int target;
    private final String url;
    private volatile Object network = new Object();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile boolean deaf;

    DeafProxy(String database) throws IOException {
        target = URI.create(database.substring("jdbc:".length())).getPort();
        url = database.replace(":" + target + "/", ":" + server.getLocalPort() + "/");
        start(this::accept);
    }

    /** The JDBC URL of the database through this proxy. */
    String url() {
        return url;
    }

    /** What is sent from now on gets lost, and so does what is sent over connections of today after {@link #recover}. */
    void drop() {
        deaf = true;
        network = new Object();
    }

    /** Connections that are opened from now on work. */
    void recover() {
        deaf = false;
    }

    /** How much was lost. */
    int dropped() {
        return dropped.get();
    }

    /** The number of connections that were opened while nothing was forwarded. */
    int unanswered() {
        return unanswered.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = server.accept();
            sockets.add(client);
            if (deaf) {
                unanswered.incrementAndGet();
            } else {
                Socket database = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(database);
                Object now = network;
                start(() -> forward(client, database, now));
                start(() -> forward(database, client, now));
            }
        }
    }

    private void forward(Socket from, Socket to, Object opened) throws IOException {
        byte[] bytes = new byte[65_536];
        for (int read = from.getInputStream().read(bytes);
                read >= 0;
                read = from.getInputStream().read(bytes)) {
            if (opened == network) {
                to.getOutputStream().write(bytes, 0, read);
            } else {
                dropped.incrementAndGet();
            }
        }
        if (opened == network) {
            to.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        Thread.currentThread().interrupt();
                    }
                },
                "deaf-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
