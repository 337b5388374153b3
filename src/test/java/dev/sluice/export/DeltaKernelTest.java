package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SamplePopulation;
import dev.sluice.SluiceServer;
import dev.sluice.delta.DeltaKernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Delta Kernel, which other programs read tables with, reads the store of then at each version. {@code -Pdelta-kernel}. */
@IntegrationTest
@Tag("delta-kernel")
@EnabledIfSystemProperty(named = "delta.kernel", matches = ".+")
class DeltaKernelTest {
    private static final String SCHEMA = "struct(StructField(name=id,type=string,nullable=true";
    private static final int EXPORTS = 10;

    @TempDir
    private Path blobs;

    @Test
    void readsTheStoreOfThenAtEachVersion() throws Exception {
        try (SluiceServer server =
                SluiceServer.start("--sluice.export.file-size=20KB", "--sluice.storage.local.root=" + blobs)) {
            List<ObjectNode> population = SamplePopulation.ofPatients(4);
            ExportClient client = new ExportClient(server);
            RandomWrites writes = new RandomWrites(
                    server,
                    population.stream()
                            .filter(resource -> !resource.has("member"))
                            .toList(),
                    2);
            for (ObjectNode resource : population) {
                server.post("/$import", "application/fhir+ndjson", resource + "\n");
            }
            Map<String, Map<Long, List<String>>> states = new HashMap<>();
            String since = "";
            for (int i = 0; i < EXPORTS; i++) {
                ObjectNode manifest = client.manifest("/$export?_outputFormat=delta&_container=lake" + since);
                String time = manifest.path("transactionTime").asString();
                Map<String, List<String>> lines =
                        client.export("/$export?_until=" + time).lines();
                for (JsonNode table : manifest.at("/extension/tables")) {
                    String type = table.path("type").asString();
                    states.computeIfAbsent(type, name -> new HashMap<>())
                            .put(table.path("version").asLong(), lines.getOrDefault(type, List.of()));
                }
                since = "&_since=" + time;
                writes.some(10);
            }
            states.keySet().retainAll(List.of("Patient", "Observation", "Encounter", "Basic"));
            assertThat(states).hasSize(4);
            states.forEach(this::requireRows);
            assertThat(states.get("Observation")).hasSize(EXPORTS);
        }
    }

    private void requireRows(String type, Map<Long, List<String>> versions) {
        List<String> lines = DeltaKernel.read(
                blobs.resolve("lake").resolve(type),
                versions.keySet().stream().sorted().toList());
        assertThat(lines.get(0)).isEqualTo("last " + (versions.size() - 1));
        int line = 1;
        for (long version = 0; version < versions.size(); version++) {
            assertThat(lines.get(line++)).startsWith("version " + version + " " + SCHEMA);
            int ofPatient = Integer.parseInt(lines.get(line++).substring("files ".length()));
            assertThat(lines.get(line++)).isEqualTo("files 0");
            List<String> rows = new ArrayList<>();
            while (line < lines.size() && lines.get(line).startsWith("row ")) {
                rows.add(lines.get(line++).substring("row ".length()));
            }
            assertThat(rows).as(type + " " + version).containsExactlyInAnyOrderElementsOf(versions.get(version));
            if (type.equals("Observation") && version == 0) {
                assertThat(ofPatient).isPositive().isLessThan(rows.size() / 10);
            }
        }
        assertThat(line).isEqualTo(lines.size());
    }
}
