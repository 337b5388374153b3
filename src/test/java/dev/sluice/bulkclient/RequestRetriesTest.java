package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.BulkServer.file;
import static dev.sluice.bulkclient.BulkServer.lines;
import static dev.sluice.bulkclient.StubServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pauses between requests to a server that is busy. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RequestRetriesTest {
    @TempDir
    private Path parent;

    @Test
    void serverThatAsksForNoPauseIsNotAskedWithoutOne() throws IOException {
        try (BulkServer server = new BulkServer(parent.resolve("export"))) {
            server.complete(server.item("/a.ndjson", lines(3)));
            server.stub.on(
                    "/a.ndjson",
                    answer(503, "", "Retry-After", "0"),
                    answer(429, "", "Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"),
                    answer(503, "", "Retry-After", "1"),
                    file(lines(3), ""));

            assertThat(server.run().faulty()).isEmpty();

            assertThat(server.pauses).hasSize(3);
            assertThat(server.pauses.get(0)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
            assertThat(server.pauses.get(1)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
            assertThat(server.pauses.get(2)).isEqualTo(Duration.ofSeconds(1));
        }
    }
}
