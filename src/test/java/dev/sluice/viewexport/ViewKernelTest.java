package dev.sluice.viewexport;

import static dev.sluice.viewexport.ViewExportTest.parameters;
import static dev.sluice.viewexport.ViewExportTest.result;
import static dev.sluice.viewexport.ViewExportTest.rows;
import static dev.sluice.viewexport.ViewExportTest.view;
import static dev.sluice.viewexport.ViewFilesTest.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SamplePopulation;
import dev.sluice.SluiceServer;
import dev.sluice.delta.DeltaKernel;
import dev.sluice.fhir.FhirJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Delta Kernel reads tables of views, with the columns of each version. {@code -Pdelta-kernel}. */
@IntegrationTest
@Tag("delta-kernel")
@EnabledIfSystemProperty(named = "delta.kernel", matches = ".+")
class ViewKernelTest {
    private static final String COLUMNS = "{\"name\":\"patient\",\"path\":\"subject.getReferenceKey(Patient)\"},"
            + "{\"name\":\"last_updated\",\"path\":\"meta.lastUpdated\"},";
    private static final String FIRST = view(
            "coded",
            "Observation",
            "{\"column\":[" + COLUMNS
                    + "{\"name\":\"codes\",\"path\":\"code.coding.code\",\"collection\":true},"
                    + "{\"name\":\"parts\",\"path\":\"component.count()\"},"
                    + "{\"name\":\"value\",\"path\":\"value.ofType(Quantity).value\"},"
                    + "{\"name\":\"final\",\"path\":\"status = 'final'\"},"
                    + "{\"name\":\"body\",\"path\":\"id\"}]}");
    private static final String SECOND = view(
            "coded",
            "Observation",
            "{\"column\":[{\"name\":\"body\",\"path\":\"id & '!'\"}," + COLUMNS
                    + "{\"name\":\"value\",\"path\":\"value.ofType(Quantity).value.toString()\"}]}");

    @TempDir
    private Path blobs;

    @Test
    void readsEachVersionWithItsColumns() {
        try (SluiceServer server =
                SluiceServer.start("--sluice.export.file-size=20KB", "--sluice.storage.local.root=" + blobs)) {
            String lines = SamplePopulation.ofPatients(4).stream()
                    .map(ObjectNode::toString)
                    .collect(Collectors.joining("\n"));
            server.post("/$import", "application/fhir+ndjson", lines);
            List<List<String>> states = new ArrayList<>();
            for (String each : List.of(FIRST, SECOND)) {
                result(server, with("_format", "delta", with("_container", "marts", parameters(each))));
                states.add(rows(server, result(server, parameters(each)), "coded").stream()
                        .map(row -> "row "
                                + FhirJson.MAPPER.readTree(row).path("body").stringValue())
                        .toList());
            }

            List<String> read = DeltaKernel.read(blobs.resolve("marts/coded"), List.of(0L, 1L));

            int second = 4 + states.get(0).size();
            assertThat(states.get(0)).hasSizeGreaterThan(20);
            assertThat(read.get(0)).isEqualTo("last 1");
            assertThat(read.get(1))
                    .startsWith("version 0 struct(StructField(name=patient,type=string,nullable=true")
                    .contains("name=codes,type=array[string]", "name=parts,type=integer", "name=value,type=double");
            assertThat(read.subList(4, second)).containsExactlyInAnyOrderElementsOf(states.get(0));
            assertThat(read.get(second))
                    .startsWith("version 1 struct(StructField(name=body,type=string,nullable=true")
                    .contains("name=value,type=string")
                    .doesNotContain("name=codes");
            assertThat(read.subList(second + 3, read.size())).containsExactlyInAnyOrderElementsOf(states.get(1));
            assertThat(read.get(3)).isEqualTo("files 0");
        }
    }
}
