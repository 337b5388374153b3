package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Versions, times and deletions of imported lines, in whatever order they come. */
@IntegrationTest
class ImportedVersionsTest {
    private static final String NDJSON = "application/fhir+ndjson";
    private static final String DELETED = ",\"extension\":[{\"url\":\"http://azurehealthcareapis.com/data-extensions/"
            + "deleted-state\",\"valueString\":\"soft-deleted\"}]";

    @TempDir
    static Path folder;

    private static SluiceServer server;
    private static int files;

    @BeforeAll
    static void start() {
        server = SluiceServer.start("--sluice.import.root=" + folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> history(String id) {
        return List.of(
                line(id, 3, "2024-03-03T00:00:00Z", "other"),
                line(id, 1, "2024-01-01T00:00:00Z", "male"),
                line(id, 2, "2024-02-02T00:00:00Z", "female"),
                line(id + "-gone", 1, "2024-01-01T00:00:00Z", "male"),
                line(id + "-gone", 2, "2024-02-01T00:00:00Z\"" + DELETED + ",\"source\":\"x", "male"),
                line(id + "-never", 2, "2024-02-01T00:00:00Z\"" + DELETED + ",\"source\":\"x", "male"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void aBodyOrdersItsLinesAndChangesNothingTheSecondTime(int seed) {
        List<String> lines = shuffled(history("body" + seed), seed);

        JsonNode first = load(lines);
        JsonNode second = load(lines);

        assertThat(get("body" + seed).path("gender").asString()).isEqualTo("other");
        assertThat(get("body" + seed).path("meta").path("versionId").asString()).isEqualTo("3");
        assertThat(status("body" + seed + "-gone")).isEqualTo(410);
        assertThat(status("body" + seed + "-never")).isEqualTo(410);
        assertThat(count(first, "created")).isEqualTo(2);
        assertThat(count(second, "created") + count(second, "updated") + count(second, "deleted"))
                .isZero();
        assertThat(count(second, "unchanged") + count(second, "outdated")).isEqualTo(6);
    }

    /** Each line in a file of its own, or all in one; the files of one import are read at the same time. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void filesKeepVersionsAndTimesInAnyOrder(int seed) throws IOException {
        String id = "file" + seed;
        List<String> lines = shuffled(history(id), seed);
        String[] files = seed % 2 == 0 ? new String[] {String.join("", lines)} : lines.toArray(String[]::new);

        JsonNode first = loadFiles(files);
        JsonNode version = get(id);
        Instant loaded = Instant.now();
        JsonNode second = loadFiles(files);

        assertThat(first.path("error").isEmpty()).as(first.toString()).isTrue();
        assertThat(second.path("error").isEmpty()).as(second.toString()).isTrue();
        assertThat(version.path("meta")).hasToString("{\"versionId\":\"3\",\"lastUpdated\":\"2024-03-03T00:00:00Z\"}");
        assertThat(get(id)).isEqualTo(version);
        HttpResponse<String> read = server.get("/Patient/" + id);
        assertThat(read.headers().firstValue("ETag")).contains("W/\"3\"");
        assertThat(read.headers().firstValue("Last-Modified")).contains("Sun, 03 Mar 2024 00:00:00 GMT");
        for (int number = 1; number <= 3; number++) {
            assertThat(get(id + "/_history/" + number).path("gender").asString())
                    .isEqualTo(List.of("male", "female", "other").get(number - 1));
        }
        assertThat(server.get("/Patient/" + id + "-gone").body()).contains("by version 2 at 2024-02-01T00:00:00Z");
        assertThat(status(id + "-gone/_history/1")).isEqualTo(200);
        assertThat(status(id + "-never")).isEqualTo(410);
        assertThat(rows(id, "last_updated > '" + loaded + "'")).isZero();
    }

    @Test
    void writesGoOnAfterTheNumberThatWasKept() throws IOException {
        loadFiles(line("goes-on", 7, "2024-03-03T00:00:00+01:00", "male"));

        HttpResponse<String> same = server.put(
                "/Patient/goes-on",
                "application/fhir+json",
                "{\"resourceType\":\"Patient\",\"id\":\"goes-on\",\"gender\":\"male\"}");
        HttpResponse<String> other = server.put(
                "/Patient/goes-on",
                "application/fhir+json",
                "{\"resourceType\":\"Patient\",\"id\":\"goes-on\",\"gender\":\"female\"}",
                "If-Match",
                "W/\"7\"");
        loadFiles(line("goes-on", 7, "2024-03-03T00:00:00+01:00", "male"));

        assertThat(same.headers().firstValue("ETag")).contains("W/\"7\"");
        assertThat(same.body()).contains("\"versionId\":\"7\",\"lastUpdated\":\"2024-03-03T00:00:00+01:00\"");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.headers().firstValue("ETag")).contains("W/\"8\"");
        assertThat(get("goes-on").path("gender").asString()).isEqualTo("female");
    }

    @Test
    void ofOneNumberTheLaterTimeIsNewer() throws IOException {
        String[] lines = {
            line("one", 1, "2024-02-02T00:00:00Z", "female"),
            line("one", 1, "2024-03-03T00:00:00Z", "other"),
            line("one", 1, "2024-01-01T00:00:00Z", "male")
        };

        JsonNode first = loadFiles(String.join("", lines));
        JsonNode second = loadFiles(String.join("", lines));

        assertThat(first.path("error").isEmpty()).isTrue();
        assertThat(second.path("error").isEmpty()).isTrue();
        assertThat(get("one").toString())
                .contains("\"versionId\":\"3\"")
                .contains("2024-03-03")
                .contains("other");
        assertThat(rows("one", "true")).isEqualTo(3);
    }

    @Test
    void aNumberWithOtherContentIsToldAndNeverReplaced() throws IOException {
        loadFiles(line("taken", 1, "2024-01-01T00:00:00Z", "male"), line("taken", 3, "2024-03-03T00:00:00Z", "other"));

        JsonNode result = loadFiles(line("taken", 1, "2024-01-01T00:00:00Z", "female")
                + line("taken", 3, "2024-03-03T00:00:00Z", "female"));

        JsonNode error = result.path("error").path(0);
        assertThat(error.path("count").asInt()).isEqualTo(2);
        assertThat(server.get(error.path("url").asString()).body())
                .contains("line 1: Version 1 of Patient/taken is stored already with other content")
                .contains("line 2: Version 3 of Patient/taken is stored already with other content");
        assertThat(get("taken").path("gender").asString()).isEqualTo("other");
        assertThat(get("taken/_history/1").path("gender").asString()).isEqualTo("male");
    }

    @Test
    void whatHasNoNumberIsTheNextByItsTime() throws IOException {
        String early = line("none", 0, "2024-01-01T00:00:00Z", "male");
        String late = line("none", 0, "2024-03-03T00:00:00Z", "other");

        loadFiles(late + early);
        JsonNode again = loadFiles(early);

        assertThat(get("none").path("meta").path("versionId").asString()).isEqualTo("2");
        assertThat(get("none").path("gender").asString()).isEqualTo("other");
        assertThat(again.path("output").path(0).path("outdated").asInt()).isEqualTo(1);
        loadFiles(line("none", 0, "2024-03-03T00:00:00Z", "other")
                .replace("\"lastUpdated\"", "\"versionId\":\"x\",\"lastUpdated\""));
        assertThat(get("none").path("meta").path("versionId").asString()).isEqualTo("2");
    }

    @Test
    void aTimeToComeIsTheTimeOfTheImport() throws IOException {
        String future = line("future", 2, "2999-01-01T00:00:00Z", "male");

        loadFiles(future);
        loadFiles(future);

        assertThat(get("future").path("meta").path("versionId").asString()).isEqualTo("2");
        assertThat(Instant.parse(get("future").path("meta").path("lastUpdated").asString()))
                .isBefore(Instant.now().plusSeconds(5));
        assertThat(rows("future", "true")).isEqualTo(1);
    }

    @Test
    void deletedFilesOfAnExportDelete() throws IOException {
        load(List.of(line("d1", 1, "2024-01-01T00:00:00Z", "male"), line("d2", 1, "2024-01-01T00:00:00Z", "male")));
        String bundle = "{\"resourceType\":\"Bundle\",\"id\":\"b\",\"type\":\"transaction\",\"entry\":["
                + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/d1\"}},"
                + "{\"request\":{\"method\":\"DELETE\",\"url\":\"https://old.example/fhir/Patient/d2\"}},"
                + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/d3\"}}]}\n";

        JsonNode answer = load(List.of(bundle));
        JsonNode again = load(List.of(bundle));
        JsonNode refused = load(List.of(bundle.replace("Patient/d3", "Patient?x=y"), bundle));

        assertThat(count(answer, "lines")).isEqualTo(1);
        assertThat(count(answer, "deleted")).isEqualTo(2);
        assertThat(count(again, "deleted")).isZero();
        assertThat(status("d1")).isEqualTo(410);
        assertThat(status("d2")).isEqualTo(410);
        assertThat(status("d3")).isEqualTo(404);
        assertThat(refused.toString()).contains("Line 1: Bundle.entry[2]: the url 'Patient?x=y' names no resource");
    }

    @Test
    void aBundleOfDeletionsThatAStoreKeptIsAResource() {
        load(List.of(line("d4", 1, "2024-01-01T00:00:00Z", "male")));

        JsonNode answer = load(List.of("{\"resourceType\":\"Bundle\",\"id\":\"kept\",\"meta\":{\"versionId\":\"1\"},"
                + "\"type\":\"transaction\",\"entry\":["
                + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/d4\"}}]}\n"));

        assertThat(count(answer, "created")).isEqualTo(1);
        assertThat(status("d4")).isEqualTo(200);
    }

    private static String line(String id, int version, String lastUpdated, String gender) {
        return "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\",\"meta\":{"
                + (version == 0 ? "" : "\"versionId\":\"" + version + "\",") + "\"lastUpdated\":\"" + lastUpdated
                + "\"},\"gender\":\"" + gender + "\"}\n";
    }

    private static List<String> shuffled(List<String> lines, int seed) {
        List<String> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }

    private static JsonNode load(List<String> lines) {
        HttpResponse<String> response = server.post("/$import", NDJSON, String.join("", lines));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return FhirJson.MAPPER.readTree(response.body());
    }

    private static JsonNode loadFiles(String... contents) throws IOException {
        List<String> inputs = new ArrayList<>();
        for (String content : contents) {
            Path file = Files.writeString(folder.resolve("f" + files++ + ".ndjson"), content);
            inputs.add("{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\"" + file.toUri() + "\"}]}");
        }
        HttpResponse<String> accepted = server.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":\""
                        + "application/fhir+ndjson\"}," + String.join(",", inputs) + "]}",
                "Prefer",
                "respond-async");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String location = accepted.headers().firstValue("Content-Location").orElse("");
        await().atMost(Duration.ofSeconds(30)).until(() -> server.get(location).statusCode() != 202);
        return FhirJson.MAPPER.readTree(server.get(location).body());
    }

    private static long count(JsonNode answer, String name) {
        return Stream.of(answer.path("parameter"))
                .flatMap(list -> list.valueStream())
                .filter(parameter -> parameter.path("name").asString("").equals(name))
                .mapToLong(parameter -> parameter.path("valueInteger").asLong())
                .sum();
    }

    private static JsonNode get(String path) {
        HttpResponse<String> response = server.get("/Patient/" + path);
        assertThat(response.statusCode()).as(path + response.body()).isEqualTo(200);
        return FhirJson.MAPPER.readTree(response.body());
    }

    private static int status(String path) {
        return server.get("/Patient/" + path).statusCode();
    }

    private static long rows(String id, String condition) {
        Long rows = server.bean(org.springframework.jdbc.core.JdbcTemplate.class)
                .queryForObject(
                        "select count(*) from resource where type = 'Patient' and id = ? and " + condition,
                        Long.class,
                        id);
        return rows == null ? 0 : rows;
    }
}
