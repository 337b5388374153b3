package dev.sluice;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for servers that other processes start. The ports are below those that operating systems give to clients, so
 * no client takes such a port before its server has started.
 */
public final class FreePort {
    private static final int FIRST = 10_000;
    private static final int LAST = 32_000;
    private static final int TRIALS = 100;

    private FreePort() {}

    /** A port on which no server listens. */
    public static int find() throws IOException {
        return ThreadLocalRandom.current()
                .ints(TRIALS, FIRST, LAST)
                .filter(FreePort::isFree)
                .findFirst()
                .orElseThrow(() -> new IOException("no free port from " + FIRST + " to " + LAST));
    }

    private static boolean isFree(int port) {
        try (ServerSocket server = new ServerSocket(port)) {
            return server.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
