package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.FaultRule.Verdict;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.MalformedInputException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Only what can pass is tried again. */
class FaultClassifierTest {
    private static final class OfAnother extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean temporary;

        OfAnother(boolean temporary) {
            super("SQL [select password=secret]");
            this.temporary = temporary;
        }
    }

    private static final FaultClassifier FAULTS = withRule(exception -> exception instanceof OfAnother other
            ? Optional.of(new Verdict(other.temporary, "it is away", "other"))
            : Optional.empty());

    private static FaultClassifier withRule(FaultRule rule) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("rule", rule);
        return new FaultClassifier(beans.getBeanProvider(FaultRule.class));
    }

    static Stream<Throwable> passing() {
        return Stream.of(
                new TransientFailure("it was stuck"),
                new CannotAcquireLockException("lock"),
                new QueryTimeoutException("timeout"),
                new DataAccessResourceFailureException("away"),
                new CannotCreateTransactionException("away"),
                new IllegalStateException(new IOException("broken pipe")),
                new IllegalStateException("wrapped", new SocketException("reset")),
                new InterruptedException(),
                new OutOfMemoryError(),
                new OfAnother(true),
                new DataIntegrityViolationException("wrapped", new OfAnother(true)));
    }

    static Stream<Throwable> lasting() {
        return Stream.of(
                new JobFailure("the disk is full", new IOException("broken pipe")),
                new NullPointerException(),
                new ClassCastException(),
                new ArithmeticException(),
                new IllegalArgumentException("bad"),
                new StackOverflowError(),
                new ZipException("Not in GZIP format"),
                new MalformedInputException(1),
                new DataIntegrityViolationException("duplicate"),
                new OfAnother(false),
                new DataAccessResourceFailureException("wrapped", new OfAnother(false)));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void isTriedAgain(Throwable fault) {
        assertThat(FAULTS.judge(fault).temporary()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void isNotTriedAgain(Throwable fault) {
        assertThat(FAULTS.judge(fault).temporary()).isFalse();
    }

    @Test
    void theSentenceIsThatOfTheComponentAndNotOfTheStatement() {
        assertThat(FAULTS.judge(new DataIntegrityViolationException("SQL [select 1]", new OfAnother(false)))
                        .sentence())
                .isEqualTo("it is away The server's log has the cause, under the id of the job.");
    }

    /** A message of an exception may hold data, a path or SQL, also one of this project. */
    static Stream<Throwable> unexplained() {
        return Stream.of(
                new ClassCastException("Mrs Smith"),
                new IllegalStateException("'Smith' cannot be read"),
                new NoSuchFileException("/home/smith/Smith"),
                new CannotAcquireLockException("SQL [select 'Smith']"));
    }

    @ParameterizedTest
    @MethodSource("unexplained")
    void anUnexplainedExceptionIsToldAsAFaultOfTheServer(Throwable fault) {
        assertThat(FAULTS.judge(fault).sentence())
                .startsWith("A fault of the server ")
                .endsWith("The server's log has the cause, under the id of the job.")
                .doesNotContainIgnoringCase("Smith")
                .doesNotContain("Exception", "line");
    }

    @Test
    void aCauseThatIsItsOwnCauseIsNoTrap() {
        Throwable one = new IllegalStateException("one");
        Throwable two = new IllegalStateException("two", one);
        one.initCause(two);

        assertThat(FAULTS.judge(one).temporary()).isFalse();
    }
}
