package dev.sluice.bulkimport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.ingest.Gzip;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the audit has of a load of a body, whatever its end. */
@IntegrationTest
class AuditedBodyTest {
    private static final String NDJSON = "application/fhir+ndjson";

    private static SluiceServer server;
    private long before;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.audit.enabled=true", "--sluice.import.max-bad-lines=2");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void count() {
        Long last = server.bean(JdbcTemplate.class)
                .queryForObject("select coalesce(max(id), 0) from audit_event", Long.class);
        before = last == null ? 0 : last;
    }

    @Test
    void aWholeBody() {
        server.post("/$import", NDJSON, patients("whole", 3));

        assertThat(events()).containsExactly("IMPORT_STARTED 0 null", "IMPORT_ENDED 0 3");
    }

    @Test
    void oneWithTooManyBadLines() {
        String body = patients("bad", 3) + "{}\n".repeat(3) + patients("after", 1);

        assertThat(server.post("/$import", NDJSON, body).body())
                .contains("more than 2 bad lines", "3 are loaded and stay", "Line 4: ", "Line 6: ");

        assertThat(events()).containsExactly("IMPORT_STARTED 0 null", "IMPORT_ENDED 8 3");
    }

    @Test
    void oneThatIsDamaged() {
        byte[] body = Gzip.pack(patients("damaged", 2));

        assertThat(server.send(
                                "POST",
                                "/$import",
                                BodyPublishers.ofByteArray(Arrays.copyOf(body, body.length - 9)),
                                "Content-Type",
                                NDJSON)
                        .statusCode())
                .isEqualTo(400);

        assertThat(events()).hasSize(2).last().asString().startsWith("IMPORT_ENDED 8 ");
    }

    /** The first batch of 2,000 lines is in the store, or is being written. */
    @Test
    void oneWhoseConnectionIsDropped() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.root().getPort())) {
            String body = patients("dropped", 2_100);
            String head = "POST /fhir/$import HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + NDJSON
                    + "\r\nContent-Length: " + (body.length() + 1_000) + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(UTF_8));
            socket.getOutputStream().flush();
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> events().size() == 2);
        assertThat(events()).containsExactly("IMPORT_STARTED 0 null", "IMPORT_ENDED 8 2000");
    }

    /** Kind, outcome and amount of the events of the test. */
    private List<String> events() {
        return server.bean(JdbcTemplate.class)
                .queryForList(
                        "select activity || ' ' || outcome || ' ' || coalesce(amount::text, 'null') from audit_event"
                                + " where id > ? order by id",
                        String.class,
                        before);
    }

    private static String patients(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"resourceType\":\"Patient\",\"id\":\"" + name + "-" + i + "\"}\n")
                .collect(Collectors.joining());
    }
}
