package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many connections an address has at a time. */
@IntegrationTest
class ClientLimitTest {
    @TempDir
    Path folder;

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

    /** A client that ends by a reset lets the server fail to say goodbye in TLS. */
    @Test
    void aConnectionInTlsThatIsResetDoesNotCount() throws Exception {
        Path keys = folder.resolve("keys.p12");
        String password = "a password";
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        password,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost")
                .start()
                .waitFor();
        SSLSocketFactory tls = trusting(keys, password);
        try (SluiceServer server = SluiceServer.start(
                "--sluice.web.connections-per-address=2",
                "--server.ssl.key-store=" + keys,
                "--server.ssl.key-store-password=" + password)) {
            for (int i = 0; i < 10; i++) {
                await("connection " + i).until(() -> {
                    try (Socket connection = connect(server)) {
                        connection.setSoLinger(true, 0); // its end is a reset
                        return isServed(tls.createSocket(connection, "localhost", connection.getPort(), false));
                    }
                });
            }
        }
    }

    private static SSLSocketFactory trusting(Path keys, String password) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(KeyStore.getInstance(keys.toFile(), password.toCharArray()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
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
