package dev.sluice.audit;

import jakarta.annotation.PreDestroy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Counts the refusals of requests whose sender is not known. Each minute there is one event for each address, and for some
 * addresses only, so that a stranger cannot fill the disk.
 */
@Component
class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    /** Addresses beyond these share one event. */
    private static final int MOST_ADDRESSES = 100;

    private static final String OTHERS = "others";

    private record Key(Activity activity, String address) {}

    private final Audit audit;
    private final Map<Key, Long> counts = new HashMap<>();

    Refusals(Audit audit) {
        this.audit = audit;
    }

    synchronized void add(Activity activity, String address) {
        Key key = new Key(activity, address);
        boolean room = counts.containsKey(key) || counts.size() < MOST_ADDRESSES;
        counts.merge(room ? key : new Key(activity, OTHERS), 1L, Long::sum);
    }

    private synchronized Map<Key, Long> take() {
        Map<Key, Long> taken = Map.copyOf(counts);
        counts.clear();
        return taken;
    }

    private synchronized void giveBack(Key key, long count) {
        counts.merge(key, count, Long::sum);
    }

    /** What cannot be recorded is kept for the next time. */
    @PreDestroy
    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void record() {
        take().forEach((key, count) -> {
            try {
                Actor stranger = new Actor(null, null, key.address().equals(OTHERS) ? null : key.address());
                audit.record(
                        stranger,
                        Act.of(key.activity(), null)
                                .outcome(Act.Outcome.REFUSED)
                                .amount(count));
            } catch (RuntimeException e) {
                giveBack(key, count);
                log.error("The refusals of {} requests cannot be recorded: {}", count, e.toString());
            }
        });
    }
}
