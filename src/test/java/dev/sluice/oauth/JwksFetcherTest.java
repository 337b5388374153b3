package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts of keys that attack the server, and how long keys are kept. */
@IntegrationTest
class JwksFetcherTest {
    private static final JwksFetcher LOCAL = new JwksFetcher(false, true);

    private KeyHost host;

    @BeforeEach
    void start() throws IOException {
        host = KeyHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void keysAreFetchedAndKeptAsLongAsTheAnswerSays() throws IOException {
        assertThat(fetch("max-age=60").lifetime()).isEqualTo(Duration.ofSeconds(60));
        assertThat(fetch("max-age=60").keys().getKeys()).hasSize(1);
        assertThat(fetch("public, max-age=86400000").lifetime()).isEqualTo(Duration.ofHours(1));
        assertThat(fetch("no-store").lifetime()).isZero();
        assertThat(fetch("no-cache, max-age=60").lifetime()).isZero();
        assertThat(fetch("max-age=0").lifetime()).isZero();
        assertThat(fetch("").lifetime()).isEqualTo(Duration.ofMinutes(5));
    }

    private JwksFetcher.Fetched fetch(String cacheControl) throws IOException {
        String path = "/" + host.requests();
        host.serve(path, cacheControl);
        return LOCAL.fetch(host.url(path));
    }

    @Test
    void redirectsAreNotFollowed() {
        host.serve("/keys", "");
        host.serve("/redirect", exchange -> {
            exchange.getResponseHeaders().add("Location", host.url("/keys").toString());
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });

        assertThatThrownBy(() -> LOCAL.fetch(host.url("/redirect"))).hasMessageContaining("redirects are not followed");
        assertThat(host.requests()).isEqualTo(0);
    }

    @Test
    void largeAnswersAreNotReadToTheirEnd() {
        AtomicInteger sent = new AtomicInteger();
        host.serve("/large", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                byte[] megabyte = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 200; i++) {
                    out.write(megabyte);
                    sent.incrementAndGet();
                }
            }
        });

        assertThatThrownBy(() -> LOCAL.fetch(host.url("/large"))).hasMessageContaining("more than 131072 bytes");
        assertThat(sent.get()).as("megabytes that the buffers of sockets take").isLessThan(150);
    }

    /** Each byte comes in time, and the answer never. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void slowAnswersAreGivenUp(boolean inHeaders) throws IOException {
        try (ServerSocket slow = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            host.threads().execute(() -> {
                try (Socket client = slow.accept();
                        OutputStream out = client.getOutputStream()) {
                    String begin = inHeaders ? "HTTP/1.1 200 OK\r\nX: " : "HTTP/1.1 200 OK\r\n\r\n{";
                    out.write(begin.getBytes(StandardCharsets.US_ASCII));
                    while (!Thread.interrupted()) {
                        out.write(' ');
                        out.flush();
                        Thread.sleep(200);
                    }
                } catch (IOException | InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            long before = System.nanoTime();

            assertThatThrownBy(() -> LOCAL.fetch(URI.create("http://127.0.0.1:" + slow.getLocalPort() + "/")))
                    .isInstanceOf(IOException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "", "{", "{\"keys\":1}", "<html>"})
    void otherAnswersAreNoKeys(String body) {
        host.publish(body);
        host.serve("/odd", "");

        assertThatThrownBy(() -> LOCAL.fetch(host.url("/odd"))).isInstanceOf(IOException.class);
    }

    @Test
    void deepAnswersAreNoKeys() {
        host.publish("[".repeat(60_000));
        host.serve("/deep", "");

        assertThatThrownBy(() -> LOCAL.fetch(host.url("/deep"))).isInstanceOf(IOException.class);
    }

    /** Whatever stands for this machine: no connection is made. The last line shows that one could have been. */
    @Test
    void noConnectionGoesToThisMachine() throws IOException {
        try (ServerSocket inside = new ServerSocket(0, 5, InetAddress.getByName("0.0.0.0"))) {
            inside.setSoTimeout(300);
            for (String name : List.of(
                    "127.0.0.1",
                    "localhost",
                    "127.1",
                    "0.0.0.0",
                    "2130706433",
                    "0x7f000001",
                    "[::1]",
                    "[::]",
                    "[::ffff:127.0.0.1]",
                    "[::ffff:7f00:1]",
                    "127.255.0.1")) {
                URI url = URI.create("https://" + name + ":" + inside.getLocalPort() + "/keys");
                assertThatThrownBy(() -> new JwksFetcher(false, false).fetch(url))
                        .isInstanceOf(IOException.class);
            }
            assertThatThrownBy(inside::accept).isInstanceOf(java.net.SocketTimeoutException.class);

            Future<Socket> connection = host.threads().submit(inside::accept);
            inside.setSoTimeout(10_000);
            assertThatThrownBy(() -> new JwksFetcher(true, false)
                            .fetch(URI.create("https://127.0.0.1:" + inside.getLocalPort() + "/keys")))
                    .isInstanceOf(IOException.class);
            assertThat(connection).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void withTlsRequiredNoKeysAreFetchedWithoutIt() {
        host.serve("/keys", "");

        assertThatThrownBy(() -> new JwksFetcher(true, false).fetch(host.url("/keys")))
                .isInstanceOf(IOException.class);
        assertThat(host.requests()).isEqualTo(0);
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, true",
        "1.1.1.1, true",
        "172.32.0.1, true",
        "100.128.0.1, true",
        "2606:4700::1111, true",
        "10.1.2.3, false",
        "172.16.0.1, false",
        "172.31.255.255, false",
        "192.168.1.1, false",
        "127.0.0.1, false",
        "169.254.169.254, false",
        "168.63.129.16, false",
        "100.64.0.1, false",
        "0.0.0.0, false",
        "198.18.0.1, false",
        "224.0.0.1, false",
        "255.255.255.255, false",
        "::1, false",
        "::, false",
        "fe80::1, false",
        "fc00::1, false",
        "fd00:ec2::254, false",
        "ff02::1, false",
        "::ffff:10.0.0.1, false",
        "64:ff9b::a00:1, false",
        "2002:a00:1::, false",
        "2001::1, false",
        "2001:db8::1, false",
        "::10.0.0.1, false",
        "fec0::1, false",
    })
    void privateAddressesAreNotPublic(String address, boolean isPublic) throws IOException {
        assertThat(PublicSockets.isPublic(InetAddress.getByName(address))).isEqualTo(isPublic);
    }
}
