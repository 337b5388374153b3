package dev.sluice.bulkclient;

import static dev.sluice.bulkclient.BulkServer.EVERYTHING;
import static dev.sluice.bulkclient.BulkServer.JOB;
import static dev.sluice.bulkclient.BulkServer.KICK_OFF;
import static dev.sluice.bulkclient.BulkServer.file;
import static dev.sluice.bulkclient.BulkServer.lines;
import static dev.sluice.bulkclient.StubServer.answer;
import static dev.sluice.bulkclient.StubServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an export keeps in its folder, and a chain of exports in theirs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExportFolderTest {
    private static final String OUTCOME =
            "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"code\":\"%s\",\"diagnostics\":\"%s\"}]}";

    private static final String SINCE_LAST = "_since=2026-11-29T15%3A00%3A00.123Z";

    @TempDir
    private Path parent;

    private BulkServer server;

    @BeforeEach
    void start() throws IOException {
        server = new BulkServer(parent.resolve("export"));
        for (String name : List.of("a", "b", "c")) {
            server.stub.on("/files/" + name + ".ndjson", file(lines(3), ""));
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void completeExportIsNotRunAgain() {
        server.complete(item("a"));

        server.run();
        assertThat(server.run().state().complete()).isTrue();

        assertThat(server.stub.requests(KICK_OFF)).hasSize(1);
        assertThat(server.stub.requests(JOB)).hasSize(1);
    }

    @Test
    void folderIsNotMixedWithAnythingElse() throws IOException {
        Files.createDirectories(server.folder);
        Files.writeString(server.folder.resolve("mine.txt"), "x");
        assertThatThrownBy(server::run).hasMessageContaining("is not empty");

        Files.delete(server.folder.resolve("mine.txt"));
        server.complete(item("a"));
        server.run();
        BulkRequest other = new BulkRequest("Patient/$export", List.of(), false, false);
        assertThatThrownBy(() -> server.run(other, TokenProvider.NONE)).hasMessageContaining("name another folder");

        try (ExportFolder folder = ExportFolder.open(server.folder)) {
            assertThat(folder.path()).isEqualTo(server.folder);
            assertThatThrownBy(server::run).hasMessageContaining("Another process uses the folder");
        }
    }

    @Test
    void requestThatWasRefusedCanBeCorrectedInTheSameFolder() {
        server.stub.on(KICK_OFF, json(400, OUTCOME.formatted("invalid", "no")));
        assertThatThrownBy(server::run).isInstanceOf(BulkClientException.class);
        server.complete(item("a"));
        server.stub.on("/fhir/Patient/$export", answer(202, "", "Content-Location", server.stub.url(JOB)));

        BulkRequest corrected = new BulkRequest("Patient/$export", List.of(), false, false);

        assertThat(server.run(corrected, TokenProvider.NONE).faulty()).isEmpty();
    }

    @Test
    void chainGoesOnWhereItsLastCompleteExportEnded() throws IOException {
        server.complete(item("a"));
        Path folder = parent.resolve("chain");
        for (int link = 1; link <= 3; link++) {
            ExportChain chain = ExportChain.open(folder);
            chain.require(server.stub.url("/fhir"), EVERYTHING);
            assertThat(chain.next()).isEqualTo(folder.resolve("00000" + link));
            try (ExportFolder next = ExportFolder.open(chain.next())) {
                chain.add(server.export(next, TokenProvider.NONE)
                        .run(EVERYTHING, chain.since())
                        .state());
            }
        }

        assertThat(server.stub.requests(KICK_OFF))
                .extracting(StubServer.Request::query)
                .containsExactly("null", SINCE_LAST, SINCE_LAST);
        assertThat(folder.resolve("000003/a.ndjson")).hasContent(lines(3));
        BulkRequest other = new BulkRequest("Patient/$export", List.of(), false, false);
        assertThatThrownBy(() -> ExportChain.open(folder).require(server.stub.url("/fhir"), other))
                .hasMessageContaining("name another folder");
    }

    @Test
    void exportIsEitherCompleteOrCancelled() {
        server.complete(item("a"), item("b"));
        try (ExportFolder open = ExportFolder.open(server.folder)) {
            server.stub.on("/files/b.ndjson", (exchange, body) -> {
                assertThat(open.cancel()).isTrue();
                file(lines(3), "").send(exchange, body);
            });
            BulkExport export = server.export(open, TokenProvider.NONE);
            assertThatThrownBy(() -> export.run(EVERYTHING, null)).hasMessageContaining("is cancelled");
            assertThat(open.state())
                    .get()
                    .extracting(ExportFolder.State::complete)
                    .isEqualTo(false);
        }

        server.run();

        try (ExportFolder open = ExportFolder.open(server.folder)) {
            assertThat(open.cancel()).isFalse();
        }
    }

    @Test
    void exportThatBeginsAgainFindsNoTablesOfTheLastOne() throws IOException {
        for (String table : List.of("Patient-1", "Patient-2")) {
            server.stub.on("/files/" + table + ".parquet", file("rows", ""));
        }
        String first = server.item("/files/Patient-1.parquet", "rows");
        server.complete(first, server.item("/files/Patient-2.parquet", "rows"));
        server.run();
        for (String left : List.of("part", "etag", "etag.new", "wrong")) {
            Files.writeString(server.folder.resolve("Patient-3.parquet." + left), "x");
        }
        try (ExportFolder open = ExportFolder.open(server.folder)) {
            open.clear();
        }
        server.complete(first);

        server.run();

        assertThat(server.names()).containsExactly("Patient-1.parquet", "manifest.json");
        assertThat(server.stub.requests("/files/Patient-1.parquet")).hasSize(2);
    }

    private String item(String name) {
        return server.item("/files/" + name + ".ndjson", lines(3));
    }
}
