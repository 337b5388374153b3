package dev.sluice.viewexport;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.viewexport.ViewExportTest.files;
import static dev.sluice.viewexport.ViewExportTest.kickOff;
import static dev.sluice.viewexport.ViewExportTest.parameters;
import static dev.sluice.viewexport.ViewExportTest.result;
import static dev.sluice.viewexport.ViewExportTest.rows;
import static dev.sluice.viewexport.ViewExportTest.view;
import static dev.sluice.viewexport.ViewFilesTest.TYPED;
import static dev.sluice.viewexport.ViewFilesTest.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SamplePopulation;
import dev.sluice.SluiceServer;
import dev.sluice.delta.DeltaReader;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Views as tables of Delta Lake: each version of a table has the rows of the view at the time of its export. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class ViewTablesTest {
    private static final String TYPED_COLUMNS =
            "id, final, parts, value, text, taken, epoch_us(changed), code," + " to_json(codes)::text, places";

    /** The same view with other columns. */
    private static final String CHANGED = view(
            "typed",
            "Observation",
            "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"state\",\"path\":\"status\"},"
                    + "{\"name\":\"text\",\"path\":\"code.coding.count()\"}]}");

    private static final String CHANGED_COLUMNS = "id, state, text";
    private static final String PATIENTS = view(
            "patients",
            "Patient",
            "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"born\",\"path\":\"birthDate\"}]}");
    private static final String NONE = view(
            "none", "Slot", "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"start\",\"path\":\"start\"}]}");

    @TempDir
    private static Path blobs;

    private SluiceServer open;
    private SluiceServer server;

    @BeforeAll
    void load() {
        open = KnownTokens.server("--sluice.export.file-size=20KB", "--sluice.storage.local.root=" + blobs);
        server = open.as(KnownTokens.of("all", "system/*.*"));
        String lines = SamplePopulation.ofPatients(3).stream()
                .map(ObjectNode::toString)
                .collect(Collectors.joining("\n"));
        assertThat(server.post("/$import", "application/fhir+ndjson", lines).statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void eachVersionHasTheRowsOfThen() {
        ObjectNode first = result(server, delta("lake", TYPED, PATIENTS, NONE));
        List<String> typed = lines(first, TYPED, "typed");
        List<String> patients = lines(first, PATIENTS, "patients");
        assertThat(server.delete("/Observation/" + typed.get(0).split(" ", -1)[0])
                        .statusCode())
                .isLessThan(300);
        ViewExportTest.put(server, "Patient/new", "\"birthDate\":\"1970-01-02\"");
        ObjectNode second = result(server, delta("lake", CHANGED, PATIENTS, NONE));

        assertThat(typed).hasSizeGreaterThan(20);
        assertThat(files(first, "typed")).hasSizeGreaterThan(1);
        assertThat(reader("typed").rows(0, TYPED_COLUMNS)).containsExactlyInAnyOrderElementsOf(typed);
        assertThat(reader("typed").rows(1, CHANGED_COLUMNS))
                .hasSize(typed.size() - 1)
                .containsExactlyInAnyOrderElementsOf(lines(second, CHANGED, "typed"));
        assertThat(reader("typed").columns(0))
                .contains("final boolean", "parts integer", "value double", "text string", "changed timestamp");
        assertThat(reader("typed").columns(1)).containsExactly("id string", "state string", "text integer");
        assertThat(reader("patients").rows(0, "id, born")).containsExactlyInAnyOrderElementsOf(patients);
        assertThat(reader("patients").rows(1, "id, born"))
                .hasSize(patients.size() + 1)
                .containsExactlyInAnyOrderElementsOf(lines(second, PATIENTS, "patients"));
        assertThat(reader("patients").actions(1)).noneMatch(action -> action.has("metaData"));
        assertThat(reader("none").columns(1)).containsExactly("id string", "start timestamp");
        assertThat(reader("none").files(1)).isEmpty();
        assertThat(second.toString())
                .contains(
                        "{\"name\":\"table\",\"valueString\":\"lake/typed\"},{\"name\":\"version\",\"valueInteger\":1}")
                .contains("{\"name\":\"table\",\"valueString\":\"lake/none\"}");
        HttpResponse<String> file = server.get(files(second, "typed").get(0));
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.headers().firstValue("Content-Type")).contains("application/vnd.apache.parquet");
    }

    @Test
    void theManifestNamesTheVersions() throws IOException {
        result(server, delta("named", PATIENTS));

        try (Stream<Path> all = Files.walk(blobs.resolve("named"))) {
            Path file = all.filter(path -> path.endsWith("manifest.json"))
                    .findFirst()
                    .orElseThrow();
            JsonNode manifest = FhirJson.MAPPER.readTree(Files.readString(file));
            assertThat(manifest.path("outputFormat").asString()).isEqualTo("delta");
            assertThat(manifest.at("/extension/views/format").asString()).isEqualTo("delta");
            assertThat(manifest.at("/extension/tables").toString())
                    .isEqualTo("[{\"view\":\"patients\",\"folder\":\"named/patients\",\"version\":0}]");
            Path table = file.resolveSibling(manifest.at("/output/0/url").asString());
            assertThat(table).isRegularFile();
            assertThat(table.normalize()).startsWithRaw(blobs.resolve("named/patients"));
        }
    }

    @Test
    void whatDoesNotGoWithTablesIsRefused() {
        String since = with("_since", "2026-01-01T00:00:00Z", parameters(PATIENTS));
        assertThat(outcome(400, kickOff(server, with("_format", "delta", since))))
                .hasSize(2)
                .anyMatch(text -> text.contains("_container is missing"))
                .anyMatch(text -> text.contains("_since cannot be combined with the _format 'delta'")
                        && text.contains("Leave _since out"));
        String cases = view(
                "cases",
                "Patient",
                "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"ID\",\"path\":\"birthDate\"}]}");
        assertThat(outcome(422, kickOff(server, delta("cases", cases))).toString())
                .contains("the name of the column 'ID' differs from that of another one in case only");
        assertThat(kickOff(server, parameters(cases)).statusCode()).isEqualTo(202);
        assertThat(blobs.resolve("cases")).doesNotExist();
    }

    @Test
    void aContainerHasOneKindOfTables() {
        String resources = "/$export?_type=Patient&_outputFormat=delta&_container=";
        new ExportClient(server).manifest(resources + "resources");
        result(server, delta("views", PATIENTS, NONE));
        SluiceServer other = open.as(KnownTokens.of("other", "system/*.*"));
        String rules = with("_anonymizationConfig", "preset:safe-harbor", delta("views", PATIENTS, NONE));

        assertThat(refusal(kickOff(server, delta("resources", PATIENTS)))).contains("has tables of another export");
        assertThat(refusal(new ExportClient(server).kickOff(resources + "views")))
                .contains("has tables of another export");
        assertThat(refusal(kickOff(other, delta("views", PATIENTS, NONE)))).contains("has tables of another export");
        assertThat(refusal(kickOff(server, rules))).contains("has tables of another export");
        assertThat(refusal(kickOff(server, delta("views", PATIENTS))))
                .contains("has tables that this export does not write: none.");
        assertThat(DeltaReader.of(blobs.resolve("views/patients")).version()).isZero();
    }

    /** A process that dies after the entry for all tables leaves it to the next export to write their logs. */
    @Test
    void theNextExportCompletesOneWhoseProcessDied() throws IOException {
        result(server, delta("dead", TYPED, PATIENTS));
        ObjectNode second = result(server, delta("dead", CHANGED, PATIENTS));
        Path log = blobs.resolve("dead/typed/_delta_log/00000000000000000001.json");
        String written = Files.readString(log);
        Files.delete(log);

        result(server, delta("dead", TYPED, PATIENTS));

        DeltaReader typed = DeltaReader.of(blobs.resolve("dead/typed"));
        assertThat(Files.readString(log)).isEqualTo(written);
        assertThat(typed.columns(1)).containsExactly("id string", "state string", "text integer");
        assertThat(typed.rows(1, CHANGED_COLUMNS)).containsExactlyInAnyOrderElementsOf(lines(second, CHANGED, "typed"));
        assertThat(typed.columns(2)).hasSize(10);
    }

    @Test
    void anExportThatFailsLeavesNoFiles() throws IOException {
        result(server, delta("failed", TYPED));
        List<String> before = stored("failed");
        Path foreign = Files.createDirectories(blobs.resolve("failed/patients/_delta_log"));
        Files.writeString(foreign.resolve("_last_checkpoint"), "{}");

        HttpResponse<String> started = kickOff(server, delta("failed", TYPED, PATIENTS));
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        HttpResponse<String> end = new ExportClient(server)
                .awaitEnd(started.headers().firstValue("Content-Location").orElseThrow());

        assertThat(outcome(500, server.get(end.headers().firstValue("Location").orElseThrow()))
                        .toString())
                .contains("a table patients that another program has made");
        await().untilAsserted(() -> assertThat(stored("failed")).containsExactlyElementsOf(before));
        assertThat(DeltaReader.of(blobs.resolve("failed/typed")).version()).isZero();
    }

    /** The rows of a view that an export of lines has of the state that another export showed, as DuckDB has them. */
    private List<String> lines(ObjectNode other, String view, String name) {
        String time = other.path("parameter")
                .valueStream()
                .filter(parameter -> parameter.has("valueInstant"))
                .findFirst()
                .orElseThrow()
                .path("valueInstant")
                .asString();
        return rows(server, result(server, with("_until", time, parameters(view))), name).stream()
                .map(FhirJson.MAPPER::readTree)
                .map(ViewFilesTest::inDuckDb)
                .toList();
    }

    private static String delta(String container, String... views) {
        return with("_format", "delta", with("_container", container, parameters(views)));
    }

    private static String refusal(HttpResponse<String> answer) {
        return String.join(" ", outcome(400, answer));
    }

    /** The files that are in no log. */
    private static List<String> stored(String container) throws IOException {
        try (Stream<Path> files = Files.walk(blobs.resolve(container))) {
            return files.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .filter(file -> !file.contains("_log/"))
                    .sorted()
                    .toList();
        }
    }

    private static DeltaReader reader(String table) {
        return DeltaReader.of(blobs.resolve("lake").resolve(table));
    }
}
