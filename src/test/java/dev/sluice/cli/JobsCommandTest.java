package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands for jobs and feeds against a server that gives prepared answers. */
class JobsCommandTest {
    private static final String JOB = """
            {"job": {"id": "0b1f", "kind": "import", "state": "%s", "failure": %s,
              "request": {"text": "2 files"}, "created": "2026-11-29T15:00:00Z",
              "units": 34, "unitsDone": 12, "doneBytes": 812000000, "totalBytes": 2180000000,
              "progress": {"percent": 37, "bytesPerSecond": 3300000.0, "end": "2126-11-29T15:00:00Z"}},
             "waiting": {"kind": "queued", "text": "Two jobs are before it."},
             "events": [{"time": "2026-11-29T15:00:00Z", "change": "accepted", "text": "It was accepted."},
               {"time": "2026-11-29T15:00:01Z", "change": "paused", "unit": null, "tries": null, "text": ""},
               {"time": "2026-11-29T15:00:02Z", "change": "step-failed", "unit": 3, "process": "host:1", "tries": 2,
                "text": "The storage is full."}]}
            """;

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Queue<String>> answers = new HashMap<>();
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
    void listIsATableOrTheDocumentOfTheServer() {
        String list = "{\"jobs\":[{\"id\":\"0b1f\",\"kind\":\"export\",\"state\":\"running\",\"created\":"
                + "\"2026-11-29T15:00:00Z\",\"progress\":{\"percent\":37},\"request\":{\"text\":\"system\"}}],"
                + "\"next\":\"17-0b1f\"}";
        prepare("GET /fhir/_operations?state=running%2Cpaused&q=a+b&count=50", list);
        prepare("GET /fhir/_operations?count=50", list);

        CommandRun table = run("jobs", "--state=running,paused", "--search=a b");
        CommandRun document = run("jobs", "--json");

        assertThat(table.out())
                .startsWith("job    ")
                .containsPattern("0b1f +export +running +37 % +\\S.* system\n")
                .endsWith("More jobs: --cursor=17-0b1f\n");
        assertThat(document.out()).isEqualTo(list + "\n");
    }

    @Test
    void jobSaysHowItStandsWhyItWaitsAndWhatHappened() {
        prepare("GET /fhir/_operations/import/0b1f/details", JOB.formatted("running", null));

        CommandRun run = run("jobs", "0b1f");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines()).element(0).isEqualTo("running  import 0b1f: 2 files");
        assertThat(run.out())
                .containsPattern("37 %, 812 MB of 2.2 GB, 12 of 34 units, 3.3 MB/s, \\d+ d \\d+ h left\n")
                .endsWith("""
                        Waits: Two jobs are before it.
                        2026-11-29T15:00:00Z  accepted: It was accepted.
                        2026-11-29T15:00:01Z  paused
                        2026-11-29T15:00:02Z  step failed (unit 3) by host:1, try 2: The storage is full.
                        """);
        assertThat(requests)
                .containsExactly(
                        "GET /fhir/_operations/export/0b1f/details", "GET /fhir/_operations/import/0b1f/details");
    }

    @Test
    void waitEndsWithTheJobAndSaysWhetherItFailed() {
        String path = "GET /fhir/_operations/import/0b1f/details";
        prepare(path, JOB.formatted("running", null));
        prepare(path, JOB.formatted("failed", "\"The storage is full.\""));

        CommandRun run = run("jobs", base + "/_operations/import/0b1f", "--wait");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).startsWith("failed  import 0b1f: 2 files\nThe storage is full.\n");
        assertThat(requests).containsExactly(path, path);
        assertThat(run("jobs", "--wait").err()).contains("--wait needs a job.");
    }

    @Test
    void verbsSayWhetherTheyChangedSomething() {
        prepare("POST /fhir/_operations/export/one/$pause", "202");
        prepare("POST /fhir/_operations/import/two/$pause", "200");
        prepare("DELETE /fhir/_operations/export/one", "202");

        CommandRun paused = run("pause", "one", "two");
        CommandRun cancelled = run("cancel", "one", "--json");
        CommandRun unknown = run("resume", "three");

        assertThat(paused.out()).isEqualTo("The job one is paused.\nThe job two is paused already.\n");
        assertThat(cancelled.out())
                .isEqualTo("{\"jobs\":[{\"job\":\"one\",\"action\":\"cancel\",\"changed\":true}]}\n");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).isEqualTo("There is no job three that this client may see.\n");
    }

    @Test
    void whatIsNoJobIsRefusedBeforeARequest() {
        assertThat(run("cancel", "one", "../metadata").err()).contains("'../metadata' is neither the id of a job");
        assertThat(run("cancel", "http://other.example.com/fhir/_operations/export/one")
                        .err())
                .contains("is not one of " + base);
        assertThat(requests).isEmpty();
    }

    @Test
    void feedsAreDefinedRunAndRemoved() {
        String feed = "{\"name\":\"lake\",\"state\":\"waiting\",\"export\":\"Patient/$export\",\"publish\":\"" + base
                + "/_feeds/lake/$bulk-publish\",\"nextRun\":\"2026-11-30T02:00:00Z\",\"problem\":\"It is full.\"}";
        prepare("PUT /fhir/_feeds/lake", feed);
        prepare("GET /fhir/_feeds", "{\"feeds\":[" + feed + "]}");
        prepare("POST /fhir/_feeds/lake/$run?snapshot=true", "202");
        prepare("DELETE /fhir/_feeds/lake", "204");

        CommandRun added = run("feed", "add", "lake", "--export=Patient/$export", "--cron=0 0 2 * * *", "--zone=UTC");
        CommandRun listed = run("feed", "list");
        CommandRun begun = run("feed", "run", "lake", "--snapshot", "--json");

        assertThat(added.out())
                .isEqualTo("lake  waiting  Patient/$export  next run 2026-11-30T02:00:00Z\n  It is full.\n"
                        + "Followers begin at " + base + "/_feeds/lake/$bulk-publish\n");
        assertThat(listed.out()).startsWith("lake  waiting");
        assertThat(begun.out()).isEqualTo("{\"name\":\"lake\",\"job\":\"" + base + "/job\"}\n");
        assertThat(run("feed", "remove", "lake").out()).isEqualTo("The feed lake is removed.\n");
        assertThat(requests)
                .contains(
                        "{\"export\":\"Patient/$export\",\"cron\":\"0 0 2 * * *\",\"lenient\":false,\"zone\":\"UTC\"}");
        assertThat(run("feed", "ad").err()).contains("'ad' is none of list, show, add, run");
        assertThat(run("feed", "add", "lake").err()).contains("feed add needs --export and --cron");
        assertThat(run("feed", "run").err()).contains("needs the name of a feed");
    }

    private void prepare(String request, String answer) {
        answers.computeIfAbsent(request, any -> new ArrayDeque<>()).add(answer);
    }

    /** Answers with a prepared status or document, or with 404. */
    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request);
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        if (!body.isEmpty()) {
            requests.add(body);
        }
        Queue<String> prepared = answers.getOrDefault(request, new ArrayDeque<>());
        String answer = prepared.isEmpty() ? "404" : prepared.remove();
        exchange.getResponseHeaders().set("Content-Location", base + "/job");
        if (answer.matches("\\d+")) {
            exchange.sendResponseHeaders(Integer.parseInt(answer), -1);
        } else {
            exchange.sendResponseHeaders(200, answer.getBytes(UTF_8).length);
            exchange.getResponseBody().write(answer.getBytes(UTF_8));
        }
        exchange.close();
    }

    private CommandRun run(Object... args) {
        List<Object> all = new ArrayList<>(List.of(args));
        all.add("--server=" + base);
        return CommandRun.run(all.toArray());
    }
}
