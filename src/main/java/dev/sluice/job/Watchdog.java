package dev.sluice.job;

import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Sees to it that every job reaches an end, and that ended ones go when their time is over: looks every ten seconds for
 * jobs that nobody would ever touch again.
 *
 * <p>It is no entry of the agenda itself, since it would vanish with what it watches over. Each process has one; what two
 * of them find at the same time is done once.
 */
@Component
class Watchdog {
    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
    private static final long PERIOD_MILLIS = 10_000;

    private final Ledger ledger;
    private final Agenda agenda;
    private final Timer timer = new Timer("job-watchdog", true);

    Watchdog(Ledger ledger, Agenda agenda) {
        this.ledger = ledger;
        this.agenda = agenda;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        look();
                    }
                },
                PERIOD_MILLIS,
                PERIOD_MILLIS);
    }

    /** One round. */
    void look() {
        try {
            ledger.expire().forEach(id -> log.info("Job {} is past its retention and is discarded.", id));
            List<String> restored = ledger.restore();
            if (!restored.isEmpty()) {
                log.warn("These steps had vanished from the agenda, and are done now: {}", restored);
            }
            agenda.straighten();
        } catch (RuntimeException e) {
            log.warn("Jobs could not be looked after; they are looked at again: {}", e.toString());
        }
    }

    @PreDestroy
    void close() {
        timer.cancel();
    }
}
