package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.RawHttp;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

/** What clients and the log are told holds neither secrets nor the inside of the server. */
@SlowTest
@ExtendWith(OutputCaptureExtension.class)
class WordsTest {
    private static final String SECRET = "Mustermann-1970";

    @TempDir
    Path home;

    @Test
    void theLogHasNoValuesOfQueries() throws Exception {
        Path log = home.resolve("log");
        try (SluiceProcess process = SluiceProcess.start(log, "--sluice.home=" + home)) {
            for (String target : new String[] {
                "/fhir/$export?_type=Patient&_typeFilter=Patient%3Fname%3D" + SECRET,
                "/fhir/Group?name=" + SECRET,
                "/fhir/Group?nothing=" + SECRET,
                "/fhir/Patient?identifier=" + SECRET,
                "/fhir/Patient?name=%zz" + SECRET,
                "/fhir/Patient?name=" + SECRET + "\u0001"
            }) {
                RawHttp.send(
                        process.base(),
                        "GET " + target
                                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nPrefer: respond-async\r\n"
                                + "Accept: application/fhir+json\r\n\r\n");
            }
        }

        assertThat(Files.readString(log)).contains("goes to").doesNotContain(SECRET);
    }

    @Test
    void aFaultOfTheStorageIsToldWithoutPathsAndTheLogHasItsCause(CapturedOutput log) throws Exception {
        try (SluiceServer server = SluiceServer.start("--sluice.home=" + home)) {
            server.put("/Basic/b", "application/fhir+json", "{\"resourceType\":\"Basic\",\"id\":\"b\"}");
            ExportClient client = new ExportClient(server);
            String url = client.export("/$export?_type=Basic")
                    .manifest()
                    .path("output")
                    .path(0)
                    .path("url")
                    .asString();
            try (Stream<Path> files = Files.walk(home.resolve("blobs"))) {
                Path file = files.filter(path -> path.endsWith("Basic-1.ndjson"))
                        .findFirst()
                        .orElseThrow();
                Files.delete(file);
                Files.createDirectory(file); // is opened, and cannot be read
            }

            HttpResponse<String> download = server.get(url);
            HttpResponse<String> load = server.post(
                    "/$import",
                    "application/fhir+json",
                    "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                            + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":"
                            + "\"" + home.resolve("blobs/none/x.ndjson").toUri() + "\"}]}]}",
                    "Prefer",
                    "respond-async");

            assertThat(download.statusCode()).isIn(410, 503);
            assertThat(download.body()).contains("OperationOutcome").doesNotContain(home.toString(), "Exception");
            assertThat(load.statusCode()).isEqualTo(400);
            assertThat(load.body()).doesNotContain("Exception");
            String id = download.body().replaceAll("(?s).*under the id ([0-9a-f-]{36}).*", "$1");
            assertThat(log.getAll()).contains(id);
        }
    }

    @Test
    void aFaultOfTheDatabaseIsToldWithoutSql(CapturedOutput log) {
        try (SluiceServer server = SluiceServer.start()) {
            ExportClient client = new ExportClient(server);
            server.bean(JdbcTemplate.class).execute("alter table resource rename to elsewhere");

            HttpResponse<String> answer = server.get("/Patient/1");
            String job = client.kickOff("/$export?_type=Basic")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();
            HttpResponse<String> ended = client.awaitEnd(job);

            assertThat(ended.statusCode()).isEqualTo(500);
            assertThat(ended.body())
                    .contains("under the id of the job")
                    .doesNotContainIgnoringCase("select", "relation", "elsewhere")
                    .doesNotContain("Exception");
            String logged = "Job " + job.substring(job.lastIndexOf('/') + 1) + " has failed";
            await().until(() -> log.getAll().contains(logged)); // is written after the state that the client sees
            server.bean(JdbcTemplate.class).execute("alter table elsewhere rename to resource");
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body())
                    .contains("under the id")
                    .doesNotContainIgnoringCase("select", "relation", "SQL")
                    .doesNotContain("Exception");
            String id = answer.body().replaceAll("(?s).*under the id ([0-9a-f-]{36}).*", "$1");
            assertThat(log.getAll()).contains(id);
        }
    }
}
