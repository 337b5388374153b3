package dev.sluice.job;

import dev.sluice.job.FaultRule.Verdict;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
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
    private static final String OWN_CODE = "dev.sluice.";

    /** What Spring makes of a connection that cannot be had, of a lock that is not given, and of a lost transaction. */
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

    /** What the exception that ended a step means. The first exception of its chain that something is known of decides. */
    Verdict judge(Throwable fault) {
        List<Throwable> chain = Stream.iterate(fault, Objects::nonNull, Throwable::getCause)
                .limit(LONGEST_CHAIN)
                .toList();
        for (Throwable link : chain) {
            Verdict verdict = known(link);
            if (verdict != null) {
                return new Verdict(verdict.passes(), SafeMessage.masked(verdict.sentence()));
            }
        }
        for (Throwable link : chain) {
            if (isOne(PASSING, link) && !isOne(LASTING, link)) {
                return new Verdict(true, SafeMessage.masked(SafeMessage.message(link)));
            }
        }
        return new Verdict(false, SafeMessage.masked(internal(chain.get(chain.size() - 1))));
    }

    private @Nullable Verdict known(Throwable link) {
        if (link instanceof JobFailure || link instanceof TransientFailure) {
            return new Verdict(link instanceof TransientFailure, SafeMessage.message(link));
        }
        return rules.stream()
                .flatMap(rule -> rule.judge(link).stream())
                .findFirst()
                .orElse(null);
    }

    private static boolean isOne(List<Class<? extends Throwable>> types, Throwable link) {
        return types.stream().anyMatch(type -> type.isInstance(link));
    }

    /** An exception that was not foreseen. Its message may hold data, unless it is one that this project wrote. */
    private static String internal(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        boolean own = trace.length > 0
                && trace[0].getClassName().startsWith(OWN_CODE)
                && (cause instanceof IllegalStateException || cause instanceof IllegalArgumentException);
        if (own && cause.getMessage() != null) {
            return cause.getMessage();
        }
        String place = Stream.of(trace)
                .filter(frame -> frame.getClassName().startsWith(OWN_CODE))
                .findFirst()
                .map(frame -> " in "
                        + frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1) + "."
                        + frame.getMethodName() + ", line " + frame.getLineNumber())
                .orElse("");
        return "An internal error ended it: " + cause.getClass().getSimpleName() + place
                + ". The same request would fail again. The server's log has the details; please report them.";
    }
}
