package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.RawHttp;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections an address has at a time. */
@SlowTest
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\n\r\n{}",
                "Transfer-Encoding: chunked\r\n\r\n3\r\n{ }\r\n2\r\n{}\r\n0\r\n\r\n"
            })
    void theNextRequestMayFollowARefusedBodyAtOnce(String body) {
        try (SluiceServer server = SluiceServer.start()) {
            RawHttp.Answer answers = RawHttp.send(
                    server.root(),
                    "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n" + body
                            + "GET /actuator/health/liveness HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            assertThat(answers.status()).isEqualTo(415);
            assertThat(answers.body()).contains("HTTP/1.1 200");
        }
    }

    @Test
    void aRefusedBodyIsNotReadForEver() throws Exception {
        try (SluiceServer server = SluiceServer.start("--server.tomcat.max-swallow-size=1MB");
                Socket client = connect(server)) {
            OutputStream out = client.getOutputStream();
            out.write(
                    "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = ("10000\r\n" + "x".repeat(1 << 16) + "\r\n").getBytes(StandardCharsets.US_ASCII);

            assertThatThrownBy(() -> {
                        for (int sent = 0; sent < 1 << 30; sent += chunk.length) {
                            out.write(chunk);
                        }
                    })
                    .isInstanceOf(SocketException.class);
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
