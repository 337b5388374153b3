package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import dev.sluice.IntegrationTest;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long the keys of a client are kept, and how often its host is asked. */
@IntegrationTest
class PublishedKeysTest {
    private static final JwksFetcher LOCAL = new JwksFetcher(false, true);

    private KeyHost host;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void start() throws IOException {
        host = KeyHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void keysAreFetchedAgainWhenTheirTimeIsOver() {
        host.serve("/keys", "max-age=100");
        PublishedKeys published = published("/keys");

        assertThat(published.find(header("rsa-1"))).isPresent();
        now = now.plusSeconds(99);
        assertThat(published.find(header("rsa-1"))).isPresent();
        assertThat(host.requests()).isEqualTo(1);
        host.publish(TokenClient.jwks(TokenClient.EC));
        now = now.plusSeconds(2);
        assertThat(published.find(header("rsa-1"))).as("withdrawn").isEmpty();
        assertThat(host.requests()).isEqualTo(2);
    }

    @Test
    void aKeyThatIsNotFoundIsLookedForOnceAMinute() {
        host.serve("/keys", "max-age=3600");
        PublishedKeys published = published("/keys");
        assertThat(published.find(header("rsa-1"))).isPresent();

        for (int second = 0; second < 59; second++) {
            now = now.plusSeconds(1);
            assertThat(published.find(header("rsa-2"))).isEmpty();
        }
        assertThat(host.requests()).isEqualTo(1);
        host.publish(TokenClient.jwks(TokenClient.rsa("rsa-2")));
        now = now.plusSeconds(1);
        assertThat(published.find(header("rsa-2"))).isPresent();
        assertThat(host.requests()).isEqualTo(2);
    }

    @Test
    void aHostThatFailsIsNotAskedForEachRequest() {
        host.serve("/fails", exchange -> {
            host.answer(exchange, 500, "");
        });
        PublishedKeys published = published("/fails");

        for (int second = 0; second < 10; second++) {
            assertThat(published.find(header("rsa-1"))).isEmpty();
            now = now.plusSeconds(1);
        }
        assertThat(host.requests()).isEqualTo(1);
        assertThat(published.find(header("rsa-1"))).isEmpty();
        assertThat(host.requests()).isEqualTo(2);
    }

    @Test
    void oneRequestAtATimeFetchesAndFewWait() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        host.serve("/busy", exchange -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            atOnce.decrementAndGet();
            host.answer(exchange, 200, "no-store");
        });
        PublishedKeys published = new PublishedKeys("lake", host.url("/busy"), LOCAL, Clock.systemUTC());
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(host.threads().submit(() -> published.find(header("rsa-1")).isPresent()));
        }
        int found = 0;
        for (Future<Boolean> each : all) {
            found += each.get() ? 1 : 0;
        }

        assertThat(most).hasValue(1);
        assertThat(found).isBetween(1, 10);
    }

    private PublishedKeys published(String path) {
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        return new PublishedKeys("lake", host.url(path), LOCAL, clock);
    }

    private static JWSHeader header(String kid) {
        return new JWSHeader.Builder(JWSAlgorithm.RS384).keyID(kid).build();
    }
}
