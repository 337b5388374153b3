package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells open pages that what they show has changed. An event has no data: the page then asks for its content again, so that
 * the permissions are those of that time. What is watched is looked up once in an interval, however many pages watch it.
 * Without pages, nothing is looked up.
 */
@Component
class LiveEvents implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(LiveEvents.class);

    /** The number of open pages of this process; each holds a connection. */
    private static final int MOST = 200;

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** After this time, the browser connects again, with the permissions that it has then. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** A proxy may end a connection on which nothing is sent for a minute. */
    private static final Duration QUIET = Duration.ofSeconds(15);

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicReference<ScheduledExecutorService> threads = new AtomicReference<>();

    /**
     * An open page.
     *
     * @param event the name of its event
     * @param key equal for pages that show the same
     * @param state what it shows; a change of it is an event
     * @param last the state that the page was last told of; null = of none, since it may have changed after the page was
     *     made and before its stream was opened
     * @param sending whether an event is on its way; a slow browser gets no other one meanwhile
     */
    private record Watch(
            SseEmitter emitter,
            String event,
            Object key,
            Supplier<Object> state,
            AtomicReference<@Nullable Object> last,
            AtomicBoolean sending,
            AtomicLong sentNanos) {}

    /**
     * Opens a stream of events.
     *
     * @param event the name of the event
     * @param key equal for pages that show the same
     * @param state what the page shows; it is compared by {@code equals}
     */
    SseEmitter open(String event, Object key, Supplier<Object> state) {
        if (watches.size() >= MOST || !isRunning()) {
            throw FhirException.of(503, "throttled", "Too many pages are open. This one does not change by itself.");
        }
        SseEmitter emitter = new SseEmitter(LONGEST.toMillis());
        Watch watch = new Watch(
                emitter,
                event,
                key,
                state,
                new AtomicReference<>(),
                new AtomicBoolean(),
                new AtomicLong(System.nanoTime()));
        watches.add(watch);
        emitter.onCompletion(() -> watches.remove(watch));
        emitter.onError(fault -> watches.remove(watch));
        emitter.onTimeout(emitter::complete);
        return emitter;
    }

    @Override
    public void start() {
        ScheduledExecutorService pool = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "console-events");
            thread.setDaemon(true);
            return thread;
        });
        threads.set(pool);
        long millis = INTERVAL.toMillis();
        var unused = pool.scheduleWithFixedDelay(this::lookUp, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Before the web server waits for its requests to end, since these do not end by themselves. */
    @Override
    public void stop() {
        ScheduledExecutorService pool = threads.getAndSet(null);
        if (pool != null) {
            pool.shutdownNow();
        }
        watches.forEach(watch -> watch.emitter().complete());
    }

    @Override
    public boolean isRunning() {
        return threads.get() != null;
    }

    private void lookUp() {
        Map<Object, Object> states = new HashMap<>();
        for (Watch watch : watches) {
            try {
                lookUp(watch, states);
            } catch (
                    RuntimeException
                            e) { // such as of a database that is away; the other pages may be about something else
                log.debug("An open page of the console is not told of changes for now.", e);
            }
        }
    }

    private void lookUp(Watch watch, Map<Object, Object> states) {
        Object now = states.computeIfAbsent(watch.key(), key -> watch.state().get());
        boolean changed = !now.equals(watch.last().get());
        boolean quiet = System.nanoTime() - watch.sentNanos().get() > QUIET.toNanos();
        if ((changed || quiet) && watch.sending().compareAndSet(false, true)) {
            watch.last().set(now);
            watch.sentNanos().set(System.nanoTime());
            send(watch, changed);
        }
    }

    private void send(Watch watch, boolean changed) {
        ScheduledExecutorService pool = threads.get();
        if (pool == null) {
            return;
        }
        try {
            pool.execute(() -> {
                try {
                    SseEmitter.SseEventBuilder event = SseEmitter.event();
                    watch.emitter().send(changed ? event.name(watch.event()).data("") : event.comment(""));
                } catch (IOException | IllegalStateException e) {
                    watches.remove(watch); // the page is closed
                } finally {
                    watch.sending().set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            watches.remove(watch); // the process stops
        }
    }
}
