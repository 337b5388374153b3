package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import tools.jackson.databind.JsonNode;

/** Exports of sealed rows have the same lines as those of rows that are not. */
@SlowTest
class SealedExportTest {
    private static final List<String> PATHS = List.of(
            "/$export",
            "/Patient/$export",
            "/Group/g/$export",
            "/$export?_type=Observation,Patient&_elements=Observation.status",
            "/$export?_typeFilter=Observation%3Fstatus%3Dfinal&_type=Observation",
            "/$export?organizeOutputBy=Patient",
            "/$export?_container=study&_anonymizationConfig=rules.json");

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void everyKindOfExportIsTheSameBeforeAndAfterSealing(String compression) {
        try (SluiceServer server = SluiceServer.start(
                "--sluice.export.compression=" + compression,
                "--sluice.seal.after=0s",
                "--sluice.seal.size=2KB",
                "--sluice.export.file-size=20KB")) {
            ExportClient client = new ExportClient(server);
            ExportSteps.putRules(server, "rules.json", DeidentifiedExportContract.RULES);
            load(server, "final");
            List<Export> before = PATHS.stream().map(client::export).toList();

            await().until(() -> {
                seal(server);
                return segments(server) > 20;
            });
            compare(before, client);

            server.delete("/Observation/o17");
            load(server, "amended");
            List<Export> changed = PATHS.stream().map(client::export).toList();
            seal(server);
            compare(changed, client);

            server.bean(JdbcTemplate.class)
                    .execute("update segment set deflated = set_byte(deflated, 30, get_byte(deflated, 30) # 1)"
                            + " where first_key in (select min(first_key) from segment)");
            compare(changed, client);

            server.bean(JdbcTemplate.class).execute("truncate segment");
            compare(changed, client);
        }
    }

    /** Files may be cut at other places. */
    private static void compare(List<Export> expected, ExportClient client) {
        for (int i = 0; i < PATHS.size(); i++) {
            Export export = client.export(PATHS.get(i));
            assertThat(export.all())
                    .as(PATHS.get(i))
                    .containsExactlyInAnyOrderElementsOf(expected.get(i).all());
            assertThat(sums(export)).isEqualTo(sums(expected.get(i)));
        }
    }

    private static List<Long> sums(Export export) {
        long lines = 0;
        long bytes = 0;
        for (JsonNode file : export.manifest().path("output")) {
            lines += file.path("count").asLong();
            bytes += file.path("extension").path("bytes").asLong();
        }
        return List.of(lines, bytes);
    }

    /** Every third Observation is of nobody; one in ten gets the status. */
    private static void load(SluiceServer server, String status) {
        List<String> lines = new ArrayList<>();
        IntStream.range(0, 20).forEach(n -> lines.add("{\"resourceType\":\"Patient\",\"id\":\"p" + n + "\"}"));
        lines.add("{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true,\"member\":["
                + "{\"entity\":{\"reference\":\"Patient/p3\"}},{\"entity\":{\"reference\":\"Patient/p4\"}}]}");
        IntStream.range(0, 400)
                .forEach(n -> lines.add("{\"resourceType\":\"Observation\",\"id\":\"o" + n + "\",\"status\":\""
                        + (n % 10 == 0 ? status : "preliminary") + "\",\"code\":{\"text\":\"é" + "x".repeat(n) + "\"}"
                        + (n % 3 == 0 ? "" : ",\"subject\":{\"reference\":\"Patient/p" + n % 20 + "\"}") + "}"));
        assertThat(server.post("/$import", "application/fhir+ndjson", String.join("\n", lines) + "\n")
                        .statusCode())
                .isEqualTo(200);
    }

    /** Seals all rows that can be sealed now. */
    static void seal(SluiceServer server) {
        server.bean(ScheduledTaskHolder.class).getScheduledTasks().stream()
                .map(task -> task.getTask())
                .filter(task -> task.toString().endsWith("SegmentBuilder.sealOnSchedule"))
                .forEach(task -> task.getRunnable().run());
    }

    private static long segments(SluiceServer server) {
        Long number = server.bean(JdbcTemplate.class).queryForObject("select count(*) from segment", Long.class);
        return number == null ? 0 : number;
    }
}
