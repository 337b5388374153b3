package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.fhir.FhirJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The command {@code import} against a server that takes lines, and now and then does something else first. */
class ImportCommandTest {
    private static final String CUT = "the connection is cut";

    @TempDir
    private Path folder;

    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private final Deque<String> misdeeds = new ArrayDeque<>();
    private HttpServer server;
    private String base;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/fhir", this::answer);
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort() + "/fhir";
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void filesFoldersAndPatternsAreSentPlainAndCompressed() throws IOException {
        write("a.ndjson", "{\"n\":1}\n\n{\"n\":2}");
        Files.createDirectory(folder.resolve("below"));
        write("below/b.json", "{\"resourceType\":\"Patient\",\"id\":\"b\"}");
        write("below/manifest.json", "{}");
        write("below/notes.txt", "no resource");
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(folder.resolve("c.ndjson.gz")))) {
            gzip.write("{\"n\":3}\n".getBytes(UTF_8));
        }

        CommandRun run = run(folder.resolve("below"), folder + "/[ac].*", folder.resolve("a.ndjson"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(bodies)
                .containsExactlyInAnyOrder(
                        "{\"resourceType\":\"Patient\",\"id\":\"b\"}\n", "{\"n\":1}\n\n{\"n\":2}\n", "{\"n\":3}\n");
        assertThat(run.out()).contains("loaded      " + folder.resolve("c.ndjson.gz") + ": 1 line: 1 created");
        assertThat(run.out()).endsWith("Total: 4 lines: 4 created.\n");
    }

    @Test
    void badLinesAreNamedByTheirNumbersInTheFile() throws IOException {
        String line = "{\"n\":\"" + "x".repeat(1 << 20) + "\"}\n";
        write("a.ndjson", line.repeat(9) + "\nbad\n" + line);

        CommandRun run = run(folder.resolve("a.ndjson"), "--json");

        JsonNode document = FhirJson.parseObject(run.out().getBytes(UTF_8));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(bodies).hasSize(2);
        assertThat(document.path("total").path("lines").longValue()).isEqualTo(11);
        assertThat(document.path("total").path("failed").longValue()).isEqualTo(1);
        assertThat(document.path("files").path(0).path("errors").toString()).isEqualTo("[\"Line 11: No resource.\"]");
    }

    @Test
    void whatCanPassIsTriedAgain() throws IOException {
        write("a.ndjson", "{\"n\":1}\n");
        write("b.ndjson", "{\"n\":2}\n");
        misdeeds.addAll(List.of("429", "", CUT, "503"));

        CommandRun run = run(folder, "--parallel=1");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).endsWith("Total: 2 lines: 2 created.\n");
    }

    @Test
    void fileThatTheServerRefusesKeepsNoOtherFromBeingLoaded() throws IOException {
        write("a.ndjson", "no resources\n");
        write("b.ndjson", "{\"n\":2}\n");
        misdeeds.add("400");

        CommandRun run = run(folder, "--parallel=1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("incomplete  " + folder.resolve("a.ndjson"), "HTTP 400: Line 1: It is no JSON.")
                .contains("loaded      " + folder.resolve("b.ndjson"));
    }

    @Test
    void serverThatGivesNoAccessEndsTheImport() throws IOException {
        write("a.ndjson", "{\"n\":1}\n");
        write("b.ndjson", "{\"n\":2}\n");
        misdeeds.add("403");

        CommandRun run = run(folder, "--parallel=1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("HTTP 403");
        assertThat(bodies).isEmpty();
    }

    @Test
    void withoutAServerItEndsAtOnce() throws IOException {
        write("a.ndjson", "{\"n\":1}\n");
        server.stop(0);

        CommandRun run = run(folder);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("The server " + base + " cannot be reached: nothing listens there.\n");
    }

    @Test
    void stateFileHasTheNextImportGoOnWhereThisOneWas() throws IOException {
        String line = "{\"n\":\"" + "x".repeat(1 << 20) + "\"}\n";
        Path file = write("a.ndjson", line.repeat(9) + "{\"n\":\"last\"}\n");
        write("b.ndjson", "{\"n\":2}\n");
        Path state = folder.resolve("state");
        misdeeds.addAll(List.of("", "403"));

        CommandRun cut = run(folder, "--parallel=1", "--state-file=" + state);
        Files.writeString(state, Files.readString(state) + "\n{\"file\":\"cut o");
        CommandRun rest = run(folder, "--parallel=1", "--state-file=" + state);
        CommandRun nothing = run(folder, "--parallel=1", "--state-file=" + state);
        Files.writeString(file, "{\"n\":\"changed\"}\n");
        run(folder, "--parallel=1", "--state-file=" + state);

        assertThat(cut.exitCode()).isEqualTo(2);
        assertThat(rest.out()).contains("a.ndjson: 2 lines: 2 created", "b.ndjson: 1 line");
        assertThat(nothing.out()).contains("skipped     " + file + ": loaded by an earlier import", "Total: 0 lines.");
        assertThat(bodies)
                .containsExactly(line.repeat(8), line + "{\"n\":\"last\"}\n", "{\"n\":2}\n", "{\"n\":\"changed\"}\n");
    }

    @Test
    void linesThatWereRefusedAreNotForgotten() throws IOException {
        String line = "{\"n\":\"" + "x".repeat(1 << 20) + "\"}\n";
        write("a.ndjson", "bad\n" + line.repeat(8) + "bad\n");
        Path state = folder.resolve("state");
        misdeeds.addAll(List.of("", "403"));

        CommandRun cut = run(folder, "--parallel=1", "--state-file=" + state);
        CommandRun rest = run(folder, "--parallel=1", "--state-file=" + state);
        CommandRun again = run(folder, "--parallel=1", "--state-file=" + state, "--json");

        assertThat(cut.exitCode()).isEqualTo(2);
        assertThat(rest.exitCode()).isEqualTo(1);
        assertThat(rest.out()).contains("2 lines: 2 failed", "Line 1: No resource.", "Line 10: No resource.");
        assertThat(again.exitCode()).isEqualTo(1);
        JsonNode file =
                FhirJson.parseObject(again.out().getBytes(UTF_8)).path("files").path(0);
        assertThat(file.path("state").asString()).isEqualTo("skipped");
        assertThat(file.path("failed").intValue()).isEqualTo(2);
        assertThat(file.path("errors").toString()).isEqualTo("[\"Line 1: No resource.\",\"Line 10: No resource.\"]");
        assertThat(run(folder, "--state-file=" + state).out())
                .contains("loaded by an earlier import, but for 2 lines: 2 failed", "Line 10: No resource.");
        assertThat(bodies).hasSize(2);
    }

    @Test
    void transactionIsSentAsItIsAndOtherBundlesByTheirResources() throws IOException {
        String transaction = "{\"resourceType\":\"Bundle\", \"type\":\"transaction\",\"entry\":[]}";
        write("a.json", transaction);
        write(
                "b.json",
                "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{\"n\":1.00}},"
                        + "{\"resource\":\"bad\"}]}");

        CommandRun run = run(folder, "--parallel=1");

        assertThat(bodies).containsExactly(transaction, "{\"n\":1.00}\n\"bad\"\n");
        assertThat(run.out()).contains("a.json: 3 lines: 1 created, 1 updated, 1 failed", "Entry 3: It is refused.");
        assertThat(run.out()).contains("b.json: 2 lines: 1 created, 1 failed", "Entry 2: No resource.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "503", "504", CUT})
    void transactionThatMayBeDoneIsNotSentTwice(String misdeed) throws IOException {
        write("a.ndjson", "{\"n\":1}\n");
        write("b.json", "{\"resourceType\":\"Bundle\", \"type\":\"transaction\",\"entry\":[]}");
        write("c.ndjson", "{\"n\":3}\n");
        misdeeds.addAll(List.of("", misdeed));

        CommandRun run = run(folder, "--parallel=1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("incomplete  " + folder.resolve("b.json"), "The server may have done it");
        assertThat(bodies).containsExactly("{\"n\":1}\n", "{\"n\":3}\n");
    }

    @Test
    void transactionThatTheServerHasNotBegunIsSentAgain() throws IOException {
        String transaction = "{\"resourceType\":\"Bundle\", \"type\":\"transaction\",\"entry\":[]}";
        write("a.json", transaction);
        misdeeds.add("429");

        CommandRun run = run(folder);

        assertThat(bodies).containsExactly(transaction);
        assertThat(run.err()).contains("HTTP 429", "It is tried again in ");
    }

    @Test
    void whatIsNoFileIsSaidBeforeAnythingIsSent() throws IOException {
        Path file = write("a.ndjson", "{\"n\":1}\n");

        assertThat(run(file, folder.resolve("nowhere")).err()).contains("nowhere' cannot be read: it does not exist");
        assertThat(run(file, folder + "/*.csv").err()).contains("No file matches");
        assertThat(bodies).isEmpty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String misdeed = misdeeds.isEmpty() ? "" : misdeeds.remove();
        if (misdeed.equals(CUT)) {
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "application/fhir+json");
        exchange.getResponseHeaders().set("Retry-After", "0");
        boolean bundle = exchange.getRequestURI().getPath().equals("/fhir");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (misdeed.startsWith("4")) {
            out.writeBytes(
                    "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"diagnostics\":\"Line 1: It is no JSON.\"}]}"
                            .getBytes(UTF_8));
        } else if (misdeed.isEmpty()) {
            bodies.add(body);
            out.writeBytes((bundle ? bundle() : parameters(body)).getBytes(UTF_8));
        }
        exchange.sendResponseHeaders(misdeed.isEmpty() ? 200 : Integer.parseInt(misdeed), out.size());
        exchange.getResponseBody().write(out.toByteArray());
        exchange.close();
    }

    private static String bundle() {
        return "{\"entry\":[{\"response\":{\"status\":\"201 Created\"}},{\"response\":{\"status\":\"200\"}},{\"response\":"
                + "{\"status\":\"400\",\"outcome\":{\"issue\":[{\"diagnostics\":\"It is refused.\"}]}}}]}";
    }

    private static String parameters(String body) {
        StringBuilder parameters = new StringBuilder();
        int number = 0;
        int lines = 0;
        int bad = 0;
        for (String line : body.lines().toList()) {
            number++;
            lines += line.isBlank() ? 0 : 1;
            if (line.contains("bad")) {
                bad++;
                parameters.append(",{\"name\":\"error\",\"resource\":{\"issue\":[{\"diagnostics\":\"Line " + number
                        + ": No resource.\"}]}}");
            }
        }
        return "{\"parameter\":[{\"name\":\"lines\",\"valueInteger\":" + lines
                + "},{\"name\":\"created\",\"valueInteger\":" + (lines - bad)
                + "},{\"name\":\"failed\",\"valueInteger\":" + bad + "}" + parameters + "]}";
    }

    private CommandRun run(Object... args) {
        List<Object> all = new ArrayList<>(List.of("import", "--server=" + base));
        all.addAll(List.of(args));
        return CommandRun.run(all.toArray());
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
