package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** The commands with exports that are organised in blocks. */
@IntegrationTest
class OrganizedExportsTest {
    private static final String ANN = header("Patient/ann");
    private static final String BOB = header("Patient/bob");
    private static final String FIRST = ANN + resource("Patient", "ann") + resource("Appointment", "both");
    private static final String SECOND =
            ANN + resource("Basic", "x") + BOB + resource("Patient", "bob") + resource("Appointment", "both");

    @TempDir
    private Path folder;

    private SavedExport export;

    @BeforeEach
    void save() {
        export = new SavedExport(folder);
        export.manifest.put("outputOrganizedBy", "Patient");
        ObjectNode first = add("by-Patient-1.ndjson", FIRST, 2);
        ObjectNode second = add("by-Patient-2.ndjson", SECOND, 3);
        first.set("continuesInFile", second.path("url"));
    }

    @Test
    void headersAreNotCountedAndAResourceMayStandInTwoBlocks() {
        CommandRun run = export.verify();

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("ok          output/by-Patient-2.ndjson: 5 lines, 2 of them headers, ")
                .contains("count, bytes, sha256 as stated", "TRUE: 2 files, 8 lines");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"resourceType\":\"Patient\",\"id\":\"ann\"} | line 2 repeats Patient/ann in the block of Patient/ann",
                "{\"resourceType\":\"Patient\"} | line 2 has no id",
                "{\"resourceType\":\"Parameters\",\"parameter\":[]} | line 2 is a header that names no Patient, but ''",
                "HEADER | line 1 is the header of Patient/bob, but Patient/ann continues here",
                "FIRST | line 1 stands before the first header",
                "URL | continues in https://store.example.com/none, which is no file of the output"
            })
    void whatIsWrongWithBlocksIsFound(String what, String fault) {
        export = new SavedExport(folder);
        export.manifest.put("outputOrganizedBy", "Patient");
        ObjectNode first = add("by-Patient-1.ndjson", FIRST, 2);
        String start = switch (what) {
            case "HEADER" -> BOB;
            case "FIRST", "URL" -> "";
            default -> ANN + what + "\n";
        };
        ObjectNode second = add("by-Patient-2.ndjson", start + resource("Basic", "y") + SECOND, 1);
        if (what.equals("URL")) {
            first.put("continuesInFile", "https://store.example.com/none");
        } else {
            first.set("continuesInFile", second.path("url"));
        }

        CommandRun run = export.verify();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains(fault);
    }

    @Test
    void comparingPassesHeadersAndRepetitionsInOtherBlocks() {
        export.verify();
        CommandRun same = CommandRun.run("compare", folder, folder);

        assertThat(same.exitCode()).as(same.out() + same.err()).isZero();
        assertThat(same.out()).contains("A: " + folder + " (2 files, 5 resources, in 3 blocks)", "EQUAL");
    }

    @Test
    void anExportInBlocksIsTrueAndHoldsWhatTheExportByTypeHolds() {
        try (SluiceServer server = SluiceServer.start("--sluice.export.file-size=50B")) {
            assertThat(server.post("/$import", "application/fhir+ndjson", SavedExport.PATIENTS + """
                                    {"resourceType":"Appointment","id":"both","status":"booked","participant":[{"actor":{"reference":"Patient/ann"},"status":"accepted"},{"actor":{"reference":"Patient/bob"},"status":"accepted"}]}
                                    """)
                            .statusCode())
                    .isEqualTo(200);
            ExportClient client = new ExportClient(server);
            Export plain = client.export("/Patient/$export");
            Export blocks = client.export("/Patient/$export?organizeOutputBy=Patient");

            assertThat(blocks.manifest().toString()).contains("continuesInFile");
            CommandRun verified = CommandRun.run("verify", blocks.job());
            assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
            CommandRun compared = CommandRun.run("compare", plain.job(), blocks.job());
            assertThat(compared.exitCode()).as(compared.out() + compared.err()).isZero();
        }
    }

    private ObjectNode add(String name, String content, int resources) {
        ObjectNode item = export.add("output", "", name, content);
        item.remove("type");
        item.put("count", resources);
        return item;
    }

    private static String header(String reference) {
        return "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"header\",\"valueReference\":{\"reference\":\""
                + reference + "\"}}]}\n";
    }

    private static String resource(String type, String id) {
        return "{\"resourceType\":\"" + type + "\",\"id\":\"" + id + "\"}\n";
    }
}
