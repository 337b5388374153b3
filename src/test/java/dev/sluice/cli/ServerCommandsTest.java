package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.HeldUnits;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands that send requests, against a whole server. */
@IntegrationTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerCommandsTest {
    @TempDir
    private Path folder;

    private SluiceServer server;

    @BeforeAll
    void start() {
        server = SluiceServer.start();
        assertThat(server.post("/$import", "application/fhir+ndjson", SavedExport.PATIENTS)
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void importLoadsWhatIsGoodAndNamesWhatIsBad() throws IOException {
        Files.writeString(
                folder.resolve("Observation.ndjson"),
                "{\"resourceType\":\"Observation\",\"id\":\"one\"}\n\n{\"resourceType\":\"Nothing\",\"id\":\"two\"}\n");
        Files.writeString(
                folder.resolve("transaction.json"),
                "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":{\"resourceType\":"
                        + "\"Observation\",\"id\":\"three\",\"status\":\"final\"},\"request\":{\"method\":\"PUT\","
                        + "\"url\":\"Observation/three\"}}]}");

        CommandRun run = run("import", folder, "--json");

        JsonNode document = document(run);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(document.path("total").path("created").longValue()).isEqualTo(2);
        assertThat(document.path("files").path(0).path("errors").path(0).stringValue())
                .startsWith("Line 3: ")
                .contains("Nothing");
        assertThat(server.get("/Observation/one").statusCode()).isEqualTo(200);
        assertThat(server.get("/Observation/three").statusCode()).isEqualTo(200);
    }

    @Test
    void fileWithoutResourcesIsNotLoaded() throws IOException {
        Path file = Files.writeString(folder.resolve("table.ndjson"), "a;b\n1;2\n");

        CommandRun run = run("import", file);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("incomplete").contains("HTTP 400: Line 1: ", "Line 2: ");
    }

    @Test
    void estimateIsATableOrADocument() {
        CommandRun table = run("estimate", "--param=_type=Patient");
        JsonNode document = document(run("estimate", "Patient", "--type=Patient", "--json"));

        assertThat(table.out())
                .containsPattern("(?m)^Patient +2 lines .* 1 file$")
                .containsPattern("(?m)^total +2 lines");
        assertThat(document.path("types").path(0).path("type").stringValue()).isEqualTo("Patient");
        assertThat(document.path("total").path("count").longValue()).isEqualTo(2);
        assertThat(run("estimate", "Patient", "--patient=ann").out()).containsPattern("(?m)^Patient +1 line ");
        CommandRun wrong = run("estimate", "--param=_tpye=Patient");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("HTTP 400", "_type");
        assertThat(run("estimate", "patients").err()).contains("'patients' is none of system, Patient and Group/<id>");
    }

    @Test
    void jobIsPausedResumedAndCancelled() {
        HeldUnits units = HeldUnits.of(server);
        String url = new ExportClient(server)
                .kickOff("/$export")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
        String id = url.substring(url.lastIndexOf('/') + 1);
        units.count(url);

        CommandRun paused = run("pause", id);
        assertThat(paused.out()).as(paused.err()).isEqualTo("The job " + id + " is paused.\n");
        assertThat(run("pause", url).out()).isEqualTo("The job " + url + " is paused already.\n");
        assertThat(server.get(url).headers().firstValue("X-Progress").orElse(""))
                .contains("paused");
        CommandRun listed = run("jobs", "--state=paused", "--search=" + id);
        assertThat(listed.out()).as(listed.err()).containsPattern(id + "  export  paused +0 %  ");
        JsonNode page = document(run("jobs", "--json", "--state=paused"));
        assertThat(page.path("totals").path("paused").longValue()).isEqualTo(1);
        CommandRun shown = run("jobs", id);
        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(shown.out())
                .startsWith("paused  export " + id)
                .containsPattern("0 of \\d+ units?")
                .contains("Waits: ");
        assertThat(document(run("jobs", url, "--json")).path("events").size()).isPositive();
        assertThat(run("resume", id).out()).isEqualTo("The job " + id + " goes on.\n");
        assertThat(document(run("cancel", id, "--json"))
                        .path("jobs")
                        .path(0)
                        .path("changed")
                        .booleanValue())
                .isTrue();
        assertThat(server.get(url).statusCode()).isEqualTo(404);
        assertThat(run("cancel", id).err()).isEqualTo("There is no job " + id + " that this client may see.\n");
    }

    @Test
    void exportPrintsWhatThePageOfCommandsShows() throws IOException {
        Matcher sample = Pattern.compile("(?s)\\$ \\./sluice (export [^\n]*)\n(.*?)```")
                .matcher(Files.readString(Path.of("docs/cli.md")));
        assertThat(sample.find()).isTrue();
        List<Object> words = new ArrayList<>(List.of(sample.group(1).split(" ")));
        words.add("--output=" + folder.resolve("export"));

        CommandRun run = run(words.toArray());

        assertThat(shape(run.err() + run.out())).isEqualTo(shape(sample.group(2)));
    }

    /** A text without what differs from export to export. */
    private String shape(String text) {
        return text.replace(folder + "/", "")
                .replaceAll("http:\\S+/fhir/_operations/export/\\S+", "URL")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
                .replaceAll("[0-9.]+ ([kMG]?B|bytes)", "SIZE")
                .replaceAll("[0-9]+", "N")
                .replace("N files", "N file");
    }

    @Test
    void feedIsDefinedRunAndRemoved() {
        CommandRun added = run("feed", "add", "lake", "--export=$export?_type=Patient", "--cron=0 0 2 * * *");
        assertThat(added.out())
                .as(added.err())
                .startsWith("lake  waiting  $export?_type=Patient  next run ")
                .contains("/_feeds/lake/$bulk-publish");
        assertThat(run("feed", "disable", "lake").out()).startsWith("lake  disabled");
        JsonNode begun = document(run("feed", "run", "lake", "--json"));
        assertThat(server.get(begun.path("job").stringValue()).statusCode()).isIn(200, 202);
        assertThat(document(run("feed", "list", "--json")).path("feeds").size()).isEqualTo(1);
        assertThat(run("feed", "add", "lake", "--export=$export?_tpye=Patient", "--cron=0 0 2 * * *")
                        .err())
                .contains("HTTP 400", "_tpye");
        assertThat(run("feed", "remove", "lake").out()).isEqualTo("The feed lake is removed.\n");
        assertThat(run("feed", "show", "lake").exitCode()).isEqualTo(2);
    }

    private CommandRun run(Object... args) {
        List<Object> all = new ArrayList<>(List.of(args));
        all.add("--server=" + server.base());
        return CommandRun.run(all.toArray());
    }

    private static JsonNode document(CommandRun run) {
        assertThat(run.out().lines()).as(run.err()).hasSize(1);
        return FhirJson.parseObject(run.out().getBytes(UTF_8));
    }
}
