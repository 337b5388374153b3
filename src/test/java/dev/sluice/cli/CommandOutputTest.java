package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.TerminalOutput.Color;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.fhir.FhirJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** The documents that {@code --json} prints: docs/cli.md describes them. */
class CommandOutputTest {
    @TempDir
    private Path folder;

    @Test
    void verifyPrintsOneDocument() throws IOException {
        SavedExport export = new SavedExport(folder);
        export.add("output", "Patient", "Patient-1.ndjson", SavedExport.PATIENTS);
        export.verify();
        CommandRun whole = CommandRun.run("verify", folder, "--json");
        export.write("Patient-1.ndjson", "{\"resourceType\":\"Patient\"}\n");
        CommandRun broken = CommandRun.run("verify", folder, "--json");

        JsonNode first = document(whole);
        assertThat(first.path("result").stringValue()).isEqualTo("true");
        assertThat(first.path("lines").longValue()).isEqualTo(2);
        JsonNode file = first.path("files").path(0);
        assertThat(file.path("name").stringValue()).isEqualTo("Patient-1.ndjson");
        assertThat(file.path("verdict").stringValue()).isEqualTo("ok");
        assertThat(file.path("confirmed")).extracting(JsonNode::stringValue).contains("count", "sha256");
        JsonNode second = document(broken);
        assertThat(broken.exitCode()).isEqualTo(1);
        assertThat(second.path("result").stringValue()).isEqualTo("false");
        assertThat(second.path("files").path(0).path("faults").toString()).contains("line 1 has no id");
    }

    @Test
    void comparePrintsOneDocument() throws IOException {
        Path one = Files.writeString(folder.resolve("one.ndjson"), SavedExport.PATIENTS);
        Path other = Files.writeString(folder.resolve("other.ndjson"), SavedExport.PATIENTS.replace("true", "false"));

        CommandRun run = CommandRun.run("compare", one, other, "--json");

        JsonNode document = document(run);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(document.path("equal").booleanValue()).isFalse();
        assertThat(document.path("a").path("resources").longValue()).isEqualTo(2);
        assertThat(document.path("types").path(0).path("differences").toString())
                .isEqualTo("{\"otherContent\":1}");
        assertThat(document.path("named").toString())
                .isEqualTo("[{\"difference\":\"otherContent\",\"resource\":\"Patient/ann\"}]");
        assertThat(document(CommandRun.run("compare", one, one, "--json"))
                        .path("equal")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void doctorPrintsOneDocument() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CommandLine commands = SluiceCommand.commandLine(
                settings -> {
                    throw new IllegalStateException("There is no database");
                },
                (settings, report) -> report.accept(Finding.problem(Topic.DATABASE, "It is away.", "Start it.")),
                (limits, settings) -> 0,
                Clock.systemUTC());
        commands.setOut(new TerminalOutput(new PrintWriter(out, true, UTF_8)));

        assertThat(SluiceCommand.execute(commands, "doctor", "--json")).isEqualTo(1);
        assertThat(out.toString(UTF_8).strip())
                .isEqualTo("{\"problems\":1,\"warnings\":0,\"findings\":[{\"level\":\"problem\",\"topic\":\"database\","
                        + "\"text\":\"It is away.\",\"advice\":\"Start it.\"}]}");
    }

    @Test
    void errorIsNoDocument() {
        for (List<String> args : List.of(List.of("verify", "nowhere", "--json"), List.of("stop", "--json", "--yes"))) {
            CommandRun run = CommandRun.run(args.toArray());

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).isNotEmpty();
        }
    }

    @Test
    void charactersThatMoveTheCursorAreEscapedAsInJson() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String text = "a\u202e\u001b[2J\uDB40\uDC01";

        new TerminalOutput(new PrintWriter(out, true, UTF_8))
                .println(FhirJson.MAPPER.createObjectNode().put("text", text).toString());

        assertThat(out.toString(UTF_8).strip())
                .contains("\\u202e", "\\udb40\\udc01")
                .doesNotContain("\u202e");
        assertThat(FhirJson.parseObject(out.toByteArray()).path("text").stringValue())
                .isEqualTo(text);
    }

    @Test
    void firstWordHasAColourOnlyWhereColoursAre() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintWriter writer = new PrintWriter(out, true, UTF_8);

        new TerminalOutput(writer, true, true).println(Color.RED, "DIFFERS\u001b", " \u001b[0m");
        new TerminalOutput(writer, true, false).println(Color.RED, "DIFFERS", " all");

        assertThat(out.toString(UTF_8).lines())
                .containsExactly("\u001b[31mDIFFERS\\u001b\u001b[0m \\u001b[0m", "DIFFERS all");
    }

    private static JsonNode document(CommandRun run) {
        assertThat(run.out().lines()).as(run.err()).hasSize(1);
        return FhirJson.parseObject(run.out().getBytes(UTF_8));
    }
}
