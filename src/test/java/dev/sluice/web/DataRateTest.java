package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which clients are too slow: those that hardly move, and not those with a slow line or nothing to say. */
class DataRateTest {
    private long nanos;
    private final DataRate rate = new DataRate(() -> nanos);

    @ParameterizedTest
    @ValueSource(ints = {1_100, 50_000})
    void aSlowLineIsFastEnough(int bytesASecond) {
        assertThatCode(() -> {
                    for (int i = 0; i < 600; i++) {
                        send(bytesASecond, 1);
                    }
                    for (int i = 0; i < 600; i++) {
                        take(bytesASecond, 1);
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void whoSendsAByteASecondIsEnded() {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 22; i++) {
                        send(1, 1);
                    }
                })
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void whoTakesAByteASecondIsEndedHoweverMuchWasTakenBefore() throws Exception {
        rate.written(1 << 30, true);
        for (int i = 0; i < 19; i++) {
            take(1, 1);
        }
        rate.written(1 << 30, true);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 42; i++) {
                        take(1, 1);
                    }
                })
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void aConnectionMayBeIdleBetweenRequests() {
        assertThatCode(() -> {
                    for (int i = 0; i < 5; i++) {
                        rate.read(0);
                        seconds(50);
                        rate.restart();
                        rate.read(200);
                        rate.written(300, false);
                        rate.read(10); // the rest of a body that is refused
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void timeInWhichTheServerIsBusyDoesNotCount() {
        assertThatCode(() -> {
                    for (int i = 0; i < 5; i++) {
                        rate.read(100);
                        seconds(300);
                    }
                    rate.written(10, false);
                    seconds(300);
                    rate.written(10, false);
                })
                .doesNotThrowAnyException();
    }

    /** The server reads what there is, finds no more, waits, and reads again. */
    private void send(int bytes, int seconds) throws SocketTimeoutException {
        rate.read(bytes);
        rate.read(0);
        seconds(seconds);
    }

    private void take(int bytes, int seconds) throws SocketTimeoutException {
        rate.written(bytes, true);
        rate.written(0, true);
        seconds(seconds);
    }

    private void seconds(int count) {
        nanos += TimeUnit.SECONDS.toNanos(count);
    }
}
