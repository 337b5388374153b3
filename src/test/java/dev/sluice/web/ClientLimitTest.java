package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many connections an address has at a time. */
@IntegrationTest
class ClientLimitTest {
    @Test
    void anAddressHasALimitedNumberOfConnections() throws Exception {
        try (SluiceServer server = SluiceServer.start("--sluice.web.connections-per-address=5")) {
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                held.add(connect(server));
                assertThat(isServed(held.get(i))).isTrue();
            }
            try (Socket sixth = connect(server)) {
                assertThat(isServed(sixth)).isFalse();
            }
            held.remove(0).close();

            await().until(() -> {
                held.add(connect(server));
                return isServed(held.get(held.size() - 1));
            });
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    @Test
    void aTrustedProxyHasAnyNumberOfConnections() throws Exception {
        try (SluiceServer server = SluiceServer.start(
                "--sluice.web.connections-per-address=5", "--sluice.web.trusted-proxies=127.0.0.1")) {
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                held.add(connect(server));
                assertThat(isServed(held.get(i))).isTrue();
            }
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    /** The refused body is read after the answer, and belongs to no later request. */
    @Test
    void aConnectionMayBeIdleAfterARefusedBody() throws Exception {
        try (SluiceServer server = SluiceServer.start();
                Socket client = connect(server)) {
            client.getOutputStream()
                    .write(
                            "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 415");
            client.getOutputStream().write(new byte[] {'{', '}'});
            client.getInputStream().skipNBytes(1);
            while (client.getInputStream().available() > 0) {
                client.getInputStream().skipNBytes(client.getInputStream().available());
            }

            Thread.sleep(21_000); // longer than the time over which a rate is measured

            assertThat(isServed(client)).isTrue();
        }
    }

    private static Socket connect(SluiceServer server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.root().getPort());
    }

    private static boolean isServed(Socket socket) {
        try {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() == 'H';
        } catch (IOException e) {
            return false;
        }
    }
}
