package dev.sluice.benchmark;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a run: on the same rows, each with settings of its own. All share one queue of steps, so one runs at a
 * time; the others are paused as they are, warm, and take nothing from the queue.
 */
final class ServerPool implements AutoCloseable {
    /** A server that has slept for minutes renews connections and reads the queue first, which is not to be measured. */
    private static final int SETTLE_MILLIS = 500;

    private final Map<String, Supplier<Server>> plans = new HashMap<>();
    private final Map<String, Server> started = new HashMap<>();
    private @Nullable Server awake;

    /** Says how a server is started when it is first needed. */
    void plan(String name, Supplier<Server> start) {
        plans.put(name, start);
    }

    /** The server of this name, which is the only one that runs when this returns. */
    Server awake(String name) {
        Server wanted = started.get(name);
        if (wanted != null && wanted.equals(awake)) {
            return wanted;
        }
        sleep();
        if (wanted == null) {
            wanted = Objects.requireNonNull(plans.get(name), name).get();
            started.put(name, wanted);
        } else {
            wanted.resume();
        }
        awake = wanted;
        Client.pause(SETTLE_MILLIS);
        return wanted;
    }

    /** Pauses the server that runs, if one does. */
    void sleep() {
        if (awake != null) {
            awake.pause();
            awake = null;
        }
    }

    @Override
    public void close() {
        started.values().forEach(Server::close);
        started.clear();
        awake = null;
    }
}
