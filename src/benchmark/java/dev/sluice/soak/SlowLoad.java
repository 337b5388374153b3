package dev.sluice.soak;

import dev.sluice.web.SlowClients;
import java.io.IOException;
import java.util.List;

/** Clients that hold on to the server: they send one byte a second, read one byte a second, or do nothing. */
final class SlowLoad implements AutoCloseable {
    private static final int AT_A_TIME = 60;
    private static final int AT_ONCE = 6;
    private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";
    private static final String BODY = HOST + "Content-Type: application/fhir+json\r\n";
    private static final List<String> BEGINNINGS = List.of(
            "GET /fhir/metadata" + HOST + "X: ",
            "GET /fhir/metadata" + HOST + "X: " + "x".repeat(7_000),
            "POST /fhir" + BODY + "Content-Length: 900000\r\n\r\n{",
            "PUT /fhir/Binary/slow" + BODY + "Content-Length: " + (64 << 20) + "\r\n\r\n{\"resourceType\":\"Binary\",",
            "POST /nowhere" + BODY + "Content-Length: 900000\r\n\r\n{",
            "POST /fhir/$import" + HOST
                    + "Content-Type: application/fhir+ndjson\r\nTransfer-Encoding: chunked\r\n\r\nFFFFF\r\n{",
            "GET /fhir/Binary/large" + HOST + "\r\n",
            "GET /fhir/Group" + HOST + "\r\n");

    private final SlowClients slow;
    private int turn;

    SlowLoad(int port) {
        this.slow = new SlowClients(port);
    }

    /** Those that the server sends away come again, in other ways. */
    void begin(Load load) {
        load.every(2_000, "slow clients", () -> {
            if (slow.held() < AT_A_TIME) {
                slow.connect(AT_ONCE, BEGINNINGS.get(turn++ % BEGINNINGS.size()));
            }
        });
    }

    /** How many there were. */
    int count() {
        return turn * AT_ONCE;
    }

    @Override
    public void close() throws IOException {
        slow.close();
    }
}
