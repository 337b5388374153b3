package dev.sluice.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestLatencyMonitorTest {
    private static final String READ = "/fhir/{typeName}/{id}";
    private static final long SECOND = 1_000_000_000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now;
    private final RequestLatencyMonitor foreground = new RequestLatencyMonitor(meters, () -> now);

    @BeforeEach
    void learnsWhatIsUsual() {
        serve("GET", READ, 100, 4);
        assertThat(foreground.isSlow()).as("what is new is looked at in quiet").isTrue();
        serve("GET", READ, 5, 4);
        assertThat(foreground.isSlow()).isFalse();
    }

    @Test
    void requestsAreSlowWhenTheyTakeMoreThanTwiceAsLongAsUsual() {
        serve("GET", READ, 5, 8);
        assertThat(foreground.isSlow()).isFalse();
        serve("GET", READ, 5, 10);
        assertThat(foreground.isSlow()).isTrue();
        serve("GET", READ, 5, 4);
        assertThat(foreground.isSlow()).isFalse();
    }

    @Test
    void aFewRequestsSayNothingBeforeThereAreMore() {
        serve("GET", READ, 4, 100);
        assertThat(foreground.isSlow()).isFalse();
        serve("GET", READ, 1, 100);
        assertThat(foreground.isSlow()).isTrue();
    }

    @Test
    void requestsOfOneKindAreNotHeldToTheTimesOfOthers() {
        serve("PUT", READ, 5, 40);
        foreground.isSlow();
        serve("PUT", READ, 5, 40);
        serve("GET", READ, 5, 4);
        assertThat(foreground.isSlow()).isFalse();
        serve("PUT", READ, 50, 40);
        serve("GET", READ, 5, 10);
        assertThat(foreground.isSlow()).isTrue();
    }

    @Test
    void whatTakesAsLongAsItIsLargeDoesNotCount() {
        serve("GET", "/fhir/_operations/export/{jobId}/files/{name}", 5, 10_000);
        serve("POST", "/fhir/$import", 5, 10_000);
        serve("POST", "/fhir", 5, 10_000);
        serve("GET", "/actuator/health", 5, 10_000);

        assertThat(foreground.isSlow()).isFalse();
    }

    @Test
    void whatWasServedWhileNoUnitRanIsUsual() {
        now += 60 * SECOND;
        serve("GET", READ, 50, 40);
        serve("PUT", READ, 50, 40);
        assertThat(foreground.isSlow()).isFalse();

        now += SECOND;
        serve("GET", READ, 5, 80);
        serve("PUT", READ, 5, 80);
        assertThat(foreground.isSlow()).isFalse();
        serve("PUT", READ, 5, 90);
        assertThat(foreground.isSlow()).isTrue();
    }

    @Test
    void aChangeThatIsThereToStayBecomesUsual() {
        int looks = 0;
        serve("GET", READ, 5, 40);
        while (foreground.isSlow()) {
            serve("GET", READ, 5, 40);
            now += SECOND;
            looks++;
        }
        assertThat(looks).isBetween(60, 300);
    }

    private void serve(String method, String uri, int requests, long millis) {
        for (int i = 0; i < requests; i++) {
            meters.timer("http.server.requests", "method", method, "uri", uri).record(Duration.ofMillis(millis));
        }
    }
}
