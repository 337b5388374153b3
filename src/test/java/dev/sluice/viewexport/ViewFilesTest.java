package dev.sluice.viewexport;

import static dev.sluice.viewexport.ViewExportTest.files;
import static dev.sluice.viewexport.ViewExportTest.parameters;
import static dev.sluice.viewexport.ViewExportTest.parts;
import static dev.sluice.viewexport.ViewExportTest.read;
import static dev.sluice.viewexport.ViewExportTest.result;
import static dev.sluice.viewexport.ViewExportTest.rows;
import static dev.sluice.viewexport.ViewExportTest.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SamplePopulation;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.lake.DuckDb;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the files of views hold, what is beside them, and what happens to resources that are no valid FHIR. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class ViewFilesTest {
    static final String TYPED = view(
            "typed",
            "Observation",
            "{\"column\":["
                    + "{\"name\":\"id\",\"path\":\"id\"},"
                    + "{\"name\":\"final\",\"path\":\"status = 'final'\"},"
                    + "{\"name\":\"parts\",\"path\":\"component.count()\"},"
                    + "{\"name\":\"value\",\"path\":\"value.ofType(Quantity).value\"},"
                    + "{\"name\":\"text\",\"path\":\"value.ofType(string)\"},"
                    + "{\"name\":\"taken\",\"path\":\"effective.ofType(dateTime)\"},"
                    + "{\"name\":\"changed\",\"path\":\"meta.lastUpdated\"},"
                    + "{\"name\":\"code\",\"path\":\"code\",\"type\":\"CodeableConcept\"},"
                    + "{\"name\":\"codes\",\"path\":\"code.coding.code | category.coding.code\",\"collection\":true},"
                    + "{\"name\":\"places\",\"path\":\"component.select($index)\",\"collection\":true}]}");

    private final SluiceServer open =
            KnownTokens.server("--sluice.ingest.validation=none", "--sluice.export.file-size=20KB");
    private final SluiceServer server = open.as(KnownTokens.of("all", "system/*.*"));

    @BeforeAll
    void load() {
        List<String> lines = new ArrayList<>(SamplePopulation.ofPatients(3).stream()
                .map(ObjectNode::toString)
                .toList());
        lines.add(
                "{\"resourceType\":\"Device\",\"id\":\"good\",\"extension\":[{\"url\":\"x\",\"valueString\":\"y\"}]}");
        lines.add("{\"resourceType\":\"Device\",\"id\":\"bad\",\"extension\":[[1,2]]}");
        lines.add("{\"resourceType\":\"Device\",\"id\":\"many\",\"extension\":["
                + "{\"url\":\"x\",\"valueString\":\"1\"},{\"url\":\"x\",\"valueString\":\"2\"}]}");
        HttpResponse<String> answer = server.post("/$import", "application/fhir+ndjson", String.join("\n", lines));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    void tablesHaveTheRowsOfLines() {
        List<JsonNode> expected = rows(server, result(server, parameters(TYPED)), "typed").stream()
                .map(FhirJson.MAPPER::readTree)
                .toList();
        ObjectNode result =
                result(server, with("_outputFormat", "parquet", with("_container", "tables", parameters(TYPED))));

        assertThat(files(result, "typed")).hasSizeGreaterThan(1).allMatch(url -> url.endsWith(".parquet"));
        String table = "read_parquet('" + root().resolve("tables") + "/*/typed-*.parquet')";
        assertThat(DuckDb.rows("select column_name || ' ' || column_type from (describe select * from " + table + ")"))
                .containsExactly(
                        "id VARCHAR",
                        "final BOOLEAN",
                        "parts INTEGER",
                        "value DOUBLE",
                        "text VARCHAR",
                        "taken VARCHAR",
                        "changed TIMESTAMP WITH TIME ZONE",
                        "code VARCHAR",
                        "codes VARCHAR[]",
                        "places VARCHAR");
        assertThat(expected)
                .hasSizeGreaterThan(20)
                .anyMatch(row -> row.path("value").isNumber());
        assertThat(DuckDb.rows(
                        "select id, final, parts, value, text, taken, epoch_us(changed), code, to_json(codes)::text,"
                                + " places from " + table))
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().map(ViewFilesTest::inDuckDb).toList());
        HttpResponse<String> file = server.get(files(result, "typed").get(0));
        assertThat(file.headers().firstValue("Content-Type")).contains("application/vnd.apache.parquet");
    }

    /** A row of NDJSON with the words that DuckDB has for the values of a table. */
    static String inDuckDb(JsonNode row) {
        return row.propertyStream()
                .map(column -> switch (column.getKey()) {
                    case "value" ->
                        column.getValue().isNull()
                                ? "null"
                                : Double.toString(column.getValue().doubleValue());
                    case "changed" -> {
                        Instant time = Instant.parse(column.getValue().stringValue());
                        yield Long.toString(time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000);
                    }
                    default -> column.getValue().asString(column.getValue().toString());
                })
                .collect(Collectors.joining(" | "));
    }

    /** A number that a table cannot have spoils its resource. */
    @Test
    void aValueThatATableCannotHaveIsNamed() {
        String large = view(
                "large",
                "Device",
                "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"t\",\"path\":\"id\",\"type\":\"instant\"}]}");
        ObjectNode result = result(server, with("_format", "parquet", parameters(large)));

        assertThat(files(result, "large")).isEmpty();
        assertThat(read(server, parts(result, "error").get(0)))
                .contains("Device/good is left out of the view 'large': the column 't' has a value that is no instant");
    }

    /** The job goes on, and only the resource of which no rows can be made is left out. */
    @Test
    void resourcesThatAreNoValidFhirSpoilNothingElse() {
        String extensions = view(
                "extensions",
                "Device",
                "{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"x\",\"path\":\"extension('x').value.ofType(string)\"}]}");
        ObjectNode result = result(server, parameters(extensions));

        assertThat(rows(server, result, "extensions"))
                .containsExactlyInAnyOrder("{\"id\":\"good\",\"x\":\"y\"}", "{\"id\":\"bad\",\"x\":null}");
        assertThat(read(server, parts(result, "error").get(0)))
                .contains("Device/many")
                .doesNotContain("Device/bad");
    }

    /** Views have no rows of deletions, so a restricted client may ask for changes. */
    @Test
    void aRestrictedClientExportsChanges() {
        SluiceServer part = open.as(KnownTokens.of("part", "system/Observation.rs?status=final system/Patient.rs"));

        ObjectNode result = result(part, with("_since", "2000-01-01T00:00:00Z", parameters(TYPED)));

        assertThat(rows(part, result, "typed")).isNotEmpty().allMatch(row -> row.contains("\"final\":true"));
    }

    @Test
    void theManifestBesideTheFilesTellsThatTheyAreNoResources() throws IOException {
        String request = with("clientTrackingId", "study of Ann", parameters(TYPED));
        result(server, with("_container", "plain", request));
        result(server, with("_anonymizationConfig", "preset:safe-harbor", with("_container", "changed", request)));

        assertThat(manifest("plain").path("outputFormat").asString()).isEqualTo("application/x-ndjson");
        assertThat(manifest("plain").at("/extension/views/trackingId").asString())
                .isEqualTo("study of Ann");
        assertThat(manifest("changed").at("/extension/views/names/0").asString())
                .isEqualTo("typed");
        assertThat(manifest("changed").toString()).doesNotContain("study of Ann");
    }

    private JsonNode manifest(String container) throws IOException {
        try (Stream<Path> all = Files.walk(root().resolve(container))) {
            Path file = all.filter(path -> path.endsWith("manifest.json"))
                    .findFirst()
                    .orElseThrow();
            return FhirJson.MAPPER.readTree(Files.readString(file));
        }
    }

    private Path root() {
        return Path.of(open.bean(Environment.class).getRequiredProperty("sluice.storage.local.root"));
    }

    /** The request with one more parameter. */
    static String with(String name, String value, String request) {
        return request.replaceFirst(
                "\"parameter\":\\[", "\"parameter\":[{\"name\":\"" + name + "\",\"valueString\":\"" + value + "\"},");
    }
}
