package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** What {@code $export-estimate} says beside what the export then holds. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class EstimateTest {
    private static final int MANY = 60_000;

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(server);
        Ward.load(
                server,
                IntStream.range(0, MANY)
                        .mapToObj(n -> "{\"resourceType\":\"Basic\",\"id\":\"b" + n
                                + "\",\"code\":{\"coding\":[{\"code\":\""
                                + (n % 4 == 0 ? "rare" : "common") + "\"}],\"text\":\"" + "x".repeat(200 + n % 100)
                                + "\"}}\n")
                        .collect(Collectors.joining()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/{op}?_type=Patient,Observation,Group,Organization",
                "/Patient/{op}",
                "/Group/only-ann/{op}",
                "/Group/empty/{op}",
                "/{op}?_type=Observation&_typeFilter=Observation%3Fcode%3D8302-2",
                "/{op}?_type=Patient,Observation&_elements=id"
            })
    void ofSmallTablesItIsExact(String path) {
        Map<String, Long> counts = new HashMap<>();
        Map<String, Long> bytes = new HashMap<>();
        Export export = client.export(path.replace("{op}", "$export"));
        for (JsonNode file : export.manifest().path("output")) {
            counts.merge(file.path("type").asString(), file.path("count").asLong(), Long::sum);
            bytes.merge(
                    file.path("type").asString(),
                    file.path("extension").path("bytes").asLong(),
                    Long::sum);
        }

        Map<String, Map<String, JsonNode>> estimate = estimate(path.replace("{op}", "$export-estimate"));

        assertThat(estimate.keySet()).containsAll(counts.keySet()).hasSize(counts.size() + 1);
        counts.forEach((type, count) -> {
            assertThat(part(estimate, type, "count")).isEqualTo(count);
            // Newlines of lines that a filter or _elements changed are in proportion.
            assertThat((double) part(estimate, type, "bytes"))
                    .isCloseTo(bytes.getOrDefault(type, 0L), withPercentage(2));
            assertThat(part(estimate, type, "exact")).isOne();
        });
    }

    /** A URL has no patients, so they come in a body. */
    @Test
    void ofNamedPatientsItHasOnlyThese() {
        String ann = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"patient\",\"valueReference\":"
                + "{\"reference\":\"Patient/ann\"}}]}";
        String path = "/Patient/$export-estimate?_type=Patient,Observation";

        Map<String, Map<String, JsonNode>> estimate = estimate(server.post(path, "application/fhir+json", ann));

        assertThat(part(estimate, "Patient", "count")).isOne();
        assertThat(part(estimate, "Observation", "count")).isOne();
        assertThat(outcome(400, server.get(path + "&patient=Patient/ann")))
                .singleElement()
                .asString()
                .contains("body of a POST");
    }

    @Test
    void ofLargeTablesItIsCloseAndReadsAFewPages() {
        Map<String, Map<String, JsonNode>> all = estimate("/$export-estimate?_type=Basic");
        Map<String, Map<String, JsonNode>> rare =
                estimate("/$export-estimate?_type=Basic&_typeFilter=Basic%3Fcode%3Drare");

        assertThat((double) part(all, "Basic", "count")).isCloseTo(MANY, withPercentage(20));
        assertThat((double) part(rare, "Basic", "count")).isCloseTo(MANY / 4.0, withPercentage(50));
        assertThat(part(all, "Basic", "exact")).isZero();
    }

    @Test
    void itLeavesNothingBehindAndRefusesWhatAnExportRefuses() {
        estimate("/Group/ring/$export-estimate");

        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        assertThat(jdbc.queryForList("select 1 from cohort")).isEmpty();
        assertThat(jdbc.queryForList("select 1 from job where status in ('ACCEPTED', 'RUNNING')"))
                .isEmpty();
        assertThat(outcome(404, server.get("/Group/nobody/$export-estimate"))).hasSize(1);
        assertThat(outcome(400, server.get("/$export-estimate?_type=Patiend&_since=soon")))
                .hasSize(2);
    }

    private Map<String, Map<String, JsonNode>> estimate(String path) {
        return estimate(server.get(path));
    }

    private static Map<String, Map<String, JsonNode>> estimate(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Map<String, Map<String, JsonNode>> estimate = new HashMap<>();
        for (JsonNode parameter : FhirJson.parseObject(answer.body().getBytes(StandardCharsets.UTF_8))
                .path("parameter")) {
            Map<String, JsonNode> parts = new HashMap<>();
            for (JsonNode part : parameter.path("part")) {
                part.properties().stream()
                        .filter(property -> property.getKey().startsWith("value"))
                        .forEach(property -> parts.put(part.path("name").asString(), property.getValue()));
            }
            JsonNode type = parts.get("type");
            estimate.put(type == null ? "total" : type.asString(), parts);
        }
        return estimate;
    }

    private static long part(Map<String, Map<String, JsonNode>> estimate, String type, String name) {
        JsonNode value = estimate.getOrDefault(type, Map.of()).getOrDefault(name, FhirJson.MAPPER.missingNode());
        return value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asLong();
    }
}
