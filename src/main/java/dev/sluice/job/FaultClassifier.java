package dev.sluice.job;

import dev.sluice.job.FaultRule.Verdict;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Decides whether a step that failed is tried again. Only what can pass is: a lost connection, a lock, a timeout, a lack of
 * memory or disk, the storage. Everything else would fail in the same way each time, so it ends the job at once.
 */
@Component
class FaultClassifier {
    private static final int LONGEST_CHAIN = 20;
    private static final String OTHER = "other";

    /**
     * Where the cause is. An exception that no component explains is not quoted, since its message may hold SQL, paths or
     * data. The client has the id of the job in the URL of its status.
     */
    private static final String CAUSE = " The server's log has the cause, under the id of the job.";

    /** Exceptions that can pass: Spring's for connections, locks and transactions; Java's for I/O, interruption, time and memory. */
    private static final List<Class<? extends Throwable>> PASSING = List.of(
            TransientDataAccessException.class,
            RecoverableDataAccessException.class,
            NonTransientDataAccessResourceException.class,
            TransactionException.class,
            IOException.class,
            InterruptedException.class,
            CancellationException.class,
            TimeoutException.class,
            OutOfMemoryError.class);

    /** Data that is broken stays so. */
    private static final List<Class<? extends Throwable>> LASTING =
            List.of(ZipException.class, CharacterCodingException.class);

    private final List<FaultRule> rules;

    FaultClassifier(ObjectProvider<FaultRule> rules) {
        this.rules = rules.orderedStream().toList();
    }

    /** What the exception that ended a step means. The first known exception in the chain of causes decides. */
    Verdict judge(Throwable fault) {
        List<Throwable> chain = Stream.iterate(fault, Objects::nonNull, Throwable::getCause)
                .limit(LONGEST_CHAIN)
                .toList();
        return chain.stream()
                .flatMap(link -> known(link).stream())
                .findFirst()
                .map(known -> new Verdict(known.temporary(), SafeMessage.masked(known.sentence()), known.cause()))
                .orElseGet(() -> unknown(chain));
    }

    private Optional<Verdict> known(Throwable link) {
        if (link instanceof JobFailure || link instanceof TransientFailure) {
            boolean stalled = link instanceof TransientFailure;
            return Optional.of(new Verdict(stalled, SafeMessage.message(link), stalled ? "stall" : OTHER));
        }
        return rules.stream()
                .flatMap(rule -> rule.judge(link).stream())
                .findFirst()
                .map(verdict -> new Verdict(verdict.temporary(), verdict.sentence() + CAUSE, verdict.cause()));
    }

    private static Verdict unknown(List<Throwable> chain) {
        return chain.stream().anyMatch(link -> isOne(PASSING, link) && !isOne(LASTING, link))
                ? new Verdict(true, "A fault of the server interrupted it." + CAUSE, isMemory(chain) ? "memory" : OTHER)
                : new Verdict(
                        false, "A fault of the server ended it, and the same request would fail again." + CAUSE, OTHER);
    }

    private static boolean isMemory(List<Throwable> chain) {
        return chain.stream().anyMatch(OutOfMemoryError.class::isInstance);
    }

    private static boolean isOne(List<Class<? extends Throwable>> types, Throwable link) {
        return types.stream().anyMatch(type -> type.isInstance(link));
    }
}
