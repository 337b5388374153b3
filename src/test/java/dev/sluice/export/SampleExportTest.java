package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Twenty patients made by Synthea, 5,619 resources, loaded and exported whole. The data lies beside the project and not
 * in it; without it this test is skipped, and the generated population stands in for it.
 */
@IntegrationTest
class SampleExportTest {
    private static final Path SAMPLE = Path.of("../shared/data/sample");

    @ParameterizedTest
    @ValueSource(strings = {"local", "azure"})
    void theSampleComesOutAsItWentInAtEachLevel(String storage) throws Exception {
        assumeThat(SAMPLE).as("the Synthea sample is not there: skipped").exists();
        List<String> options = new ArrayList<>(List.of("--sluice.export.file-size=1MB"));
        if (storage.equals("azure")) {
            options.add("--sluice.storage.kind=azure");
            options.add("--sluice.storage.download=server");
            options.add("--sluice.storage.azure.connection-string="
                    + AzuriteServer.shared().connectionString());
        }
        try (SluiceServer server = SluiceServer.start(options.toArray(String[]::new))) {
            List<String> loaded = load(server);
            ExportClient client = new ExportClient(server);

            Export system = client.export("/$export");

            assertThat(system.all()).hasSize(5_619);
            assertThat(system.all().stream().map(ExportContract::withoutMeta).sorted())
                    .containsExactlyElementsOf(loaded.stream().sorted().toList());
            checkFiles(system);
            assertThat(client.export("/Patient/$export").keys()).hasSize(5_381);
            members(client, "grp-five", 5, 1);
            members(client, "grp-inactive-member", 2, 1);
            members(client, "grp-period-ended", 2, 1);
            members(client, "grp-nested", 6, 1);
            assertThat(client.export("/Group/grp-empty/$export").manifest().path("output"))
                    .isEmpty();
        }
    }

    /** Files of one megabyte, give or take the largest resource; numbered from 1 without a gap. */
    private static void checkFiles(Export export) {
        Map<String, Integer> numbers = new HashMap<>();
        for (JsonNode file : export.manifest().path("output")) {
            String type = file.path("type").asString();
            int number = numbers.merge(type, 1, Integer::sum);
            assertThat(file.path("url").asString()).endsWith("/" + type + "-" + number + ".ndjson");
            assertThat(file.path("extension").path("bytes").asInt()).isBetween(1, (1 << 20) + 50_000);
        }
        assertThat(numbers.get("ExplanationOfBenefit")).isEqualTo(5);
    }

    private static void members(ExportClient client, String group, int patients, int groups) {
        Export export = client.export("/Group/" + group + "/$export");
        assertThat(export.lines().get("Patient")).as(group).hasSize(patients);
        assertThat(export.lines().get("Group")).as(group).hasSize(groups);
        assertThat(export.all()).as(group).allMatch(line -> line.contains("Patient/") || line.contains("\"Patient\""));
    }

    /** Loads every file, and gives its lines. */
    private static List<String> load(SluiceServer server) throws IOException {
        List<String> loaded = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.list(SAMPLE)) {
            files = all.filter(file -> file.toString().endsWith(".ndjson")).toList();
        }
        for (Path file : files) {
            HttpResponse<String> answer = server.send(
                    "POST", "/$import", BodyPublishers.ofFile(file), "Content-Type", "application/fhir+ndjson");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            loaded.addAll(Files.readAllLines(file));
        }
        return loaded;
    }
}
