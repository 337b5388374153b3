package dev.sluice.cli;

import static dev.sluice.bulkclient.StubServer.answer;
import static dev.sluice.bulkclient.StubServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bulkclient.StubServer;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command {@code export}: what it asks for, prints, and returns. */
class ExportCommandTest {
    private static final String LINES =
            "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n{\"resourceType\":\"Patient\",\"id\":\"b\"}\n";
    private static final String JOB = "/fhir/job/1";

    @TempDir
    private Path parent;

    private StubServer server;

    @BeforeEach
    void start() throws IOException {
        server = StubServer.start();
        for (String path : List.of("/fhir/$export", "/fhir/Patient/$export", "/fhir/Group/g1/$export")) {
            server.on(path, answer(202, "", "Content-Location", server.url(JOB)));
        }
        server.on(JOB, json(200, manifest(2))).on("/files/Patient-1.ndjson", answer(200, LINES));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void exportIsVerifiableInItsFolder() {
        CommandRun run = export("system");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "DONE: 1 file, 2 lines, " + LINES.length() + " bytes in " + folder(),
                        "as of 2026-11-29T15:00:00Z.");
        assertThat(run.err()).contains("The export has begun: " + server.url(JOB));
        assertThat(CommandRun.run("verify", folder()).out()).contains("TRUE: 1 file, 2 lines");
        assertThat(export("system").out()).contains("is complete already");
    }

    @Test
    void programsGetOneDocument() {
        CommandRun run = export("Patient", "--json", "--type=Patient", "--since=2026-01-01T00:00:00Z");

        JsonNode result = FhirJson.parseObject(run.out().getBytes(StandardCharsets.UTF_8));
        assertThat(run.out().lines()).hasSize(1);
        assertThat(result.path("job").asString()).isEqualTo(server.url(JOB));
        assertThat(result.path("complete").asBoolean()).isTrue();
        assertThat(result.path("transactionTime").asString()).isEqualTo("2026-11-29T15:00:00Z");
        assertThat(result.path("files").path(0).path("name").asString()).isEqualTo("Patient-1.ndjson");
        assertThat(result.path("files").path(0).path("lines").asInt()).isEqualTo(2);
        assertThat(server.requests("/fhir/Patient/$export").get(0).query())
                .isEqualTo("_type=Patient&_since=2026-01-01T00%3A00%3A00Z");
    }

    @Test
    void optionsAreParametersOfTheServer() {
        export(
                "Group/g1",
                "--type=Patient,Observation",
                "--type-filter=Observation?status=final",
                "--elements=id",
                "--until=2026-02-01",
                "--param=_container=lake",
                "--partial",
                "--lenient");

        assertThat(server.requests("/fhir/Group/g1/$export").get(0)).satisfies(request -> {
            assertThat(request.query())
                    .isEqualTo("_type=Patient,Observation&_until=2026-02-01&_typeFilter=Observation%3Fstatus%3Dfinal"
                            + "&_elements=id&_container=lake&allowPartialManifests=true");
            assertThat(request.header("Prefer")).contains("handling=lenient");
        });
        assertThat(export("Group/a/b").err()).contains("is none of system, Patient and Group/<id>.");
        assertThat(export("system", "--param=x").err()).contains("is not <name>=<value>");
    }

    @Test
    void fileThatIsNotAsStatedIsANo() {
        server.on(JOB, json(200, manifest(3)));

        CommandRun run = export("system");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("DIFFERS     output/Patient-1.ndjson: count is 2, stated is 3");
        assertThat(folder().resolve("Patient-1.ndjson")).doesNotExist();
    }

    @Test
    void serverThatDoesNotAnswerOrExportIsToldWithWhatToDo() {
        server.on(JOB, answer(404, ""));
        CommandRun gone = export("system", "--retry-for=0");
        assertThat(gone.exitCode()).isEqualTo(2);
        assertThat(gone.err()).contains("it has expired").contains("Begin again with --restart.");

        server.on(JOB, answer(503, ""));
        CommandRun busy = export("system", "--retry-for=0");
        assertThat(busy.exitCode()).isEqualTo(2);
        assertThat(busy.err()).contains("HTTP 503").contains("The same command goes on with what is here.");

        server.on(JOB, json(200, manifest(2)));
        assertThat(export("system", "--restart", "--delete").exitCode()).isZero();
        assertThat(server.requests("/fhir/$export")).hasSize(2);
        assertThat(server.requests(JOB)).extracting(StubServer.Request::method).endsWith("GET", "DELETE");
    }

    @Test
    void chainAsksForChangesOnly() throws IOException {
        assertThat(export("system", "--chain").exitCode()).isZero();
        assertThat(export("system", "--chain").exitCode()).isZero();

        assertThat(server.requests("/fhir/$export"))
                .extracting(StubServer.Request::query)
                .containsExactly("null", "_since=2026-11-29T15%3A00%3A00Z");
        assertThat(folder().resolve("000002/Patient-1.ndjson")).hasContent(LINES);
        assertThat(Files.readString(folder().resolve("chain.json"))).contains("\"number\":2");

        Files.delete(folder().resolve("chain.json")); // as if the first run had been killed before it wrote this
        assertThat(export("system", "--chain").out()).contains("DONE");
        assertThat(server.requests("/fhir/$export"))
                .as("two are complete, one is new")
                .hasSize(3);
    }

    private Path folder() {
        return parent.resolve("out");
    }

    private CommandRun export(String level, String... options) {
        List<String> args = new ArrayList<>(List.of("export", level, "--server=" + server.url("/fhir")));
        args.add("--output=" + folder());
        args.addAll(List.of(options));
        return CommandRun.run(args.toArray());
    }

    private String manifest(int count) {
        return "{\"transactionTime\":\"2026-11-29T15:00:00Z\",\"requiresAccessToken\":false,\"error\":[],\"output\":"
                + "[{\"type\":\"Patient\",\"count\":" + count + ",\"url\":\"" + server.url("/files/Patient-1.ndjson")
                + "\"}]}";
    }
}
