package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.BulkServer.JOB;
import static dev.sluice.bulkclient.BulkServer.file;
import static dev.sluice.bulkclient.BulkServer.lines;
import static dev.sluice.bulkclient.BulkServer.manifest;
import static dev.sluice.bulkclient.StubServer.answer;
import static dev.sluice.bulkclient.StubServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server that breaks off, is busy, changes the content, redirects, or wants tokens. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileDownloadTest {
    private static final String CONTENT = lines(50);
    private static final String PATH = "/files/Patient-1.ndjson";
    private static final String NAME = "Patient-1.ndjson";

    @TempDir
    private Path parent;

    private BulkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new BulkServer(parent.resolve("export"));
        server.complete(server.item(PATH, CONTENT));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void transferThatBreaksOffGoesOnWhereItEnded() throws IOException {
        server.stub.on(PATH, file(CONTENT, "\"v1\"", 700), file(CONTENT, "\"v1\"", 500), file(CONTENT, "\"v1\""));

        assertThat(server.run().faulty()).isEmpty();

        assertThat(server.text(NAME)).isEqualTo(CONTENT);
        assertThat(ranges()).hasSize(3).first().isEqualTo("none");
        assertThat(ranges().get(2)).matches("bytes=1[0-9]+-");
        assertThat(server.stub.requests(PATH).get(1).header("If-range")).isEqualTo("\"v1\"");
        assertThat(server.notes).anyMatch(note -> note.startsWith("The download of " + NAME + " failed: "));
        assertThat(server.received).hasValue(CONTENT.length());
    }

    @Test
    void withoutAValidatorOrWithAWeakOneItBeginsAgain() throws IOException {
        for (String etag : List.of("", "W/\"v1\"")) {
            server.stub.on(PATH, file(CONTENT, etag, 700), file(CONTENT, etag));
            restart();

            assertThat(server.run().faulty()).isEmpty();
            assertThat(server.text(NAME)).isEqualTo(CONTENT);
        }
        assertThat(ranges()).containsOnly("none");
    }

    @Test
    void contentThatChangedMeanwhileIsNotMixed() throws IOException {
        String old = CONTENT.replace("p1", "q1");
        server.stub.on(PATH, file(old, "\"v1\"", 700), file(CONTENT, "\"v2\""));

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(CONTENT);
        assertThat(server.received).hasValue(CONTENT.length());
    }

    @Test
    void rangesThatTheServerGetsWrongAreNotUsed() throws IOException {
        server.stub.on(
                PATH,
                file(CONTENT, "\"v1\"", 700),
                answer(206, CONTENT, "Content-Range", "bytes 0-1/2", "ETag", "\"v1\""),
                file(CONTENT, "\"v1\""));

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(CONTENT);
    }

    @Test
    void bodyThatStandsStillIsTakenUpAgain() throws IOException {
        server.expectSilence(Duration.ofMillis(500));
        server.stub.on(
                PATH,
                (exchange, body) -> {
                    exchange.getResponseHeaders().set("ETag", "\"v1\"");
                    BulkServer.hang(exchange, CONTENT.substring(0, 700));
                },
                file(CONTENT, "\"v1\""));

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(CONTENT);
        assertThat(ranges()).containsExactly("none", "bytes=700-");
        assertThat(server.notes).anyMatch(note -> note.contains("the server sent nothing for"));
    }

    @Test
    void busyServerIsAskedWhenItWantsToBe() throws IOException {
        server.stub.on(
                PATH,
                answer(429, "", "Retry-After", "7"),
                answer(503, "", "Retry-After", "2"),
                answer(502, "<html>"),
                file(CONTENT, ""));

        assertThat(server.run().faulty()).isEmpty();

        assertThat(server.pauses)
                .startsWith(Duration.ofSeconds(7), Duration.ofSeconds(2))
                .hasSize(3);
        assertThat(server.notes)
                .contains("The download of " + NAME + " was answered with HTTP 429. It is tried again in 7 seconds.");
    }

    @Test
    void serverThatDoesNotRecoverEndsTheCommandAndTheNextRunGoesOn() throws IOException {
        server.stub.on(PATH, file(CONTENT, "\"v1\"", 700), answer(503, ""));

        assertThatThrownBy(server::run)
                .hasMessageContaining("was answered with HTTP 503")
                .hasMessageContaining("It has failed ");
        assertThat(server.pauses).hasSizeBetween(5, 20);

        server.stub.on(PATH, file(CONTENT, "\"v1\""));
        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(CONTENT);
        assertThat(ranges()).last().isEqualTo("bytes=700-");
        assertThat(server.stub.requests(BulkServer.KICK_OFF)).hasSize(1);
    }

    /** Each attempt brings something, but at this rate the file would take as good as for ever. */
    @Test
    void serverThatBreaksOffAfterEachByteEndsTheCommand() {
        server.stub.on(PATH, file(CONTENT, "\"v1\"", 1));

        assertThatThrownBy(server::run)
                .hasMessageContaining("The download of " + NAME + " failed: ")
                .hasMessageContaining("It has failed ");
        assertThat(server.pauses).hasSizeBetween(5, 20);
    }

    /** Without a validator, each attempt brings the same bytes, however many. */
    @Test
    void serverThatBreaksOffAtTheSamePlaceEndsTheCommand() {
        String large = lines(10_000);
        server.complete(server.item(PATH, large));
        server.stub.on(PATH, file(large, "", 200_000));

        assertThatThrownBy(server::run).hasMessageContaining("It has failed ");
        assertThat(server.pauses).hasSizeBetween(5, 20);
    }

    @Test
    void serverThatBreaksOffOftenIsNotGivenUpWhileTheFileGrows() throws IOException {
        String large = lines(100_000);
        server.complete(server.item(PATH, large));
        server.stub.on(PATH, file(large, "\"v1\"", 70_000));

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(large);
        assertThat(server.pauses).hasSizeGreaterThan(40);
    }

    @Test
    void signedUrlsThatGiveAByteEachEndTheCommand() {
        StubServer.Answer[] pages = new StubServer.Answer[100];
        for (int i = 0; i < pages.length; i++) {
            String path = "/signed/" + i + "/Patient-1.ndjson";
            pages[i] = json(200, manifest(false, server.item(path, CONTENT)));
            server.stub.on(path, file(CONTENT, "\"v1\"", 1), answer(403, "<Error>expired"));
        }
        server.stub.on(JOB, pages);

        assertThatThrownBy(server::run).hasMessageContaining("It has failed ");
        assertThat(server.stub.requests(JOB)).hasSizeLessThan(30);
    }

    @Test
    void longWaitThatTheServerAsksForIsTold() {
        server.stub.on(PATH, answer(429, "", "Retry-After", "86400"));

        assertThatThrownBy(server::run).hasMessageContaining("The server asks to wait for 86400 seconds, longer than");
    }

    @Test
    void signedUrlThatHasExpiredIsReplacedByTheManifest() throws IOException {
        server.stub.on(
                JOB,
                json(200, manifest(false, server.item("/signed/1/Patient-1.ndjson", CONTENT))),
                json(200, manifest(false, server.item("/signed/2/Patient-1.ndjson", CONTENT))));
        server.stub.on("/signed/1/Patient-1.ndjson", file(CONTENT, "\"v1\"", 700), answer(403, "<Error>expired"));
        server.stub.on("/signed/2/Patient-1.ndjson", file(CONTENT, "\"v1\""));

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(CONTENT);
        assertThat(server.stub.requests("/signed/2/Patient-1.ndjson"))
                .singleElement()
                .satisfies(request -> assertThat(request.header("Range")).isEqualTo("bytes=700-"));
    }

    @Test
    void signedUrlMayExpireAgainWhileTheFileComes() throws IOException {
        StubServer.Answer[] pages = new StubServer.Answer[4];
        for (int i = 0; i < pages.length; i++) {
            String path = "/signed/" + i + "/Patient-1.ndjson";
            pages[i] = json(200, manifest(false, server.item(path, CONTENT)));
            server.stub.on(path, file(CONTENT, "\"v1\"", 500), answer(403, "<Error>expired"));
        }
        server.stub.on(JOB, pages);

        assertThat(server.run().faulty()).isEmpty();
        assertThat(server.text(NAME)).isEqualTo(CONTENT);
    }

    @Test
    void tokenGoesToFilesThatNeedItAndToNoOtherServer() throws IOException {
        try (StubServer other = StubServer.start()) {
            String elsewhere = server.item("/x", CONTENT).replace(server.stub.url("/x"), other.url("/far.ndjson"));
            other.on("/far.ndjson", file(CONTENT, "")).on("/moved", file(CONTENT, ""));
            server.stub
                    .on(
                            JOB,
                            json(
                                    200,
                                    manifest(
                                            true,
                                            server.item(PATH, CONTENT),
                                            server.item("/r.ndjson", CONTENT),
                                            elsewhere)))
                    .on(PATH, file(CONTENT, ""))
                    .on("/r.ndjson", answer(302, "", "Location", other.url("/moved")));

            assertThat(server.run(BulkServer.EVERYTHING, TokenProvider.fixed("t1"))
                            .faulty())
                    .isEmpty();

            assertThat(server.stub.requests())
                    .allMatch(each -> each.header("Authorization").equals("Bearer t1"));
            assertThat(other.requests())
                    .hasSize(2)
                    .allMatch(each -> each.header("Authorization").equals("none"));
        }
    }

    @Test
    void tokenIsSentToAFileThatAsksForItAgainstTheManifest() throws IOException {
        server.stub.on(PATH, answer(401, ""), file(CONTENT, ""));

        assertThat(server.run(BulkServer.EVERYTHING, TokenProvider.fixed("t1")).faulty())
                .isEmpty();

        assertThat(server.stub.requests(PATH))
                .extracting(each -> each.header("Authorization"))
                .containsExactly("none", "Bearer t1");
        assertThat(server.notes).anyMatch(note -> note.contains("although the manifest says that none is required"));
    }

    private List<String> ranges() {
        return server.stub.requests(PATH).stream()
                .map(request -> request.header("Range"))
                .toList();
    }

    private void restart() {
        try (ExportFolder folder = ExportFolder.open(server.folder)) {
            folder.clear();
        }
    }
}
