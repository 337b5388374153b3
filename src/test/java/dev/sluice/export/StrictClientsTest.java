package dev.sluice.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.Program;
import dev.sluice.SingleMember;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that read one gzip member, and drop what follows without an error, get every line of a compressed file. The file
 * is made of sealed segments and of rows between them.
 */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class StrictClientsTest {
    private static final int LINES = 2_000;

    @TempDir
    static Path home;

    private SluiceServer server;
    private String url;
    private Path stored;
    private byte[] content;

    @BeforeAll
    void export() throws IOException {
        server = SluiceServer.start(
                "--sluice.export.compression=gzip",
                "--sluice.web.cors.allowed-origins=*", // the page of the browser is a file
                "--sluice.home=" + home,
                "--sluice.seal.after=0s",
                "--sluice.seal.size=20KB");
        Ward.load(server, lines(0, LINES, "first"));
        SealedExportTest.seal(server);
        Ward.load(server, lines(700, 703, "second") + lines(1_990, LINES, "second"));
        url = new ExportClient(server)
                .manifest("/$export?_type=Basic")
                .path("output")
                .path(0)
                .path("url")
                .asString();
        try (Stream<Path> files = Files.walk(home.resolve("blobs"))) {
            stored = files.filter(file -> file.toString().endsWith(".ndjson"))
                    .findFirst()
                    .orElseThrow();
        }
        content = SingleMember.unpack(Files.readAllBytes(stored));
        assertThat(new String(content, UTF_8).lines()).hasSize(LINES);
    }

    private static String lines(int from, int to, String text) {
        return IntStream.range(from, to)
                .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n + "\",\"code\":{\"text\":\"" + text + "é"
                        + n + "\"}}\n")
                .collect(Collectors.joining());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void java() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Accept-Encoding", "gzip")
                .build();
        try (InputStream body = HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofInputStream())
                        .body();
                InputStream unpacked = new GZIPInputStream(body)) {
            assertThat(unpacked.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void curl() {
        assertThat(Program.run("curl", "-sS", "--compressed", url)).isEqualTo(content);
    }

    @Test
    void wget() {
        assertThat(Program.run("wget", "-q", "--compression=gzip", "-O", "-", url))
                .isEqualTo(content);
    }

    @Test
    void gzip() {
        assertThat(Program.run("gzip", "-dc", "--force", stored.toString())).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "const z=require('zlib').createGunzip();require('fs').createReadStream(process.argv[1]).pipe(z)"
                        + ".pipe(process.stdout)",
                "fetch(process.argv[2]).then(r=>r.arrayBuffer()).then(b=>process.stdout.write(Buffer.from(b)))",
                "require('http').get(process.argv[2],{headers:{'accept-encoding':'gzip'}},r=>"
                        + "r.pipe(require('zlib').createGunzip()).pipe(process.stdout))"
            })
    void node(String script) {
        assertThat(Program.run("node", "-e", script, stored.toString(), url)).isEqualTo(content);
    }

    private static final String PYTHON = """
            import sys, importlib.util
            out = sys.stdout.buffer.write
            def need(module):
                if not importlib.util.find_spec(module): sys.exit(127)
            file, url = sys.argv[1:]
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import zlib; d = zlib.decompressobj(31); out(d.decompress(open(file, 'rb').read()));"
                        + " assert d.eof and not d.unused_data",
                "import urllib.request; out(urllib.request.urlopen(url).read())",
                "import urllib.request, zlib; d = zlib.decompressobj(31); out(d.decompress(urllib.request.urlopen("
                        + "urllib.request.Request(url, headers={'Accept-Encoding': 'gzip'})).read()));"
                        + " assert d.eof and not d.unused_data",
                "need('httpx'); import httpx; out(httpx.get(url).content)",
                "need('requests'); import requests; out(requests.get(url).content)"
            })
    void python(String script) {
        assertThat(Program.run("/usr/bin/python3", "-c", PYTHON + script, stored.toString(), url))
                .isEqualTo(content);
    }

    /** A page asks for the file and writes down what it got; its origin is another one, so the browser must not mind that. */
    @Test
    void chromium() throws IOException {
        Path page = home.resolve("page.html");
        Files.writeString(
                page,
                "<meta charset=utf-8><script>const r=new XMLHttpRequest();r.open('GET','" + url + "',false);r.send();"
                        + "document.write(r.responseText.split('\\n').length-1+' lines, '+r.responseText.length)</script>");

        byte[] shown = Program.run(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-web-security",
                "--user-data-dir=" + Files.createDirectory(home.resolve("chromium")),
                "--dump-dom",
                page.toUri().toString());

        assertThat(new String(shown, UTF_8)).contains(LINES + " lines, " + new String(content, UTF_8).length());
    }
}
