package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.fhir.ResourceType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Rule files and resources that are made to exhaust a process with a heap of 256 MB. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
@Tag(FaultTally.TAG)
class DeidentifiedAttackTest {
    private static final int MB = 1 << 20;
    private static final int AT_A_TIME = 40;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path home;
    private final String database = TestDatabase.freshUrl();
    private final SluiceServer onlooker;
    private final SluiceProcess process;

    DeidentifiedAttackTest(@TempDir Path home) throws Exception {
        this.home = home;
        onlooker =
                SluiceServer.start("--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=api");
        process = SluiceProcess.start(
                home.resolve("process.log"),
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home);
    }

    @BeforeAll
    void putRules() throws Exception {
        Ward.load(
                onlooker,
                ResourceType.all().stream()
                        .map(type -> "{\"resourceType\":\"" + type + "\",\"id\":\"a\"}\n")
                        .collect(Collectors.joining()));
        Path rules = Files.createDirectories(home.resolve("blobs/anonymization"));
        write(rules, "elements.json", "{\"fhirPathRules\":[" + repeat("{}", ",") + "]}");
        write(rules, "lists.json", "{\"fhirPathRules\":[" + repeat("[]", ",") + "]}");
        write(rules, "lines.yaml", "fhirPathRules:\n" + repeat("-", "\n"));
        write(
                rules,
                "keys.yaml",
                IntStream.range(0, MB / 12).mapToObj(n -> n + ": a\n").collect(Collectors.joining()));
        write(rules, "flow.yaml", "a: [" + repeat("", ",") + "]");
        write(
                rules,
                "rules.json",
                "{\"fhirPathRules\":["
                        + IntStream.range(0, 4_900)
                                .mapToObj(n ->
                                        "{\"path\":\"nodesByName('e" + n + "').nodesByType('Extension').where(url = '"
                                                + n + "').value\",\"method\":\"redact\"}")
                                .collect(Collectors.joining(","))
                        + "]}");
        write(
                rules,
                "fhirpath.json",
                "{\"fhirPathRules\":[{\"path\":\"Basic.extension.where(value.toString().startsWith('b')).value\","
                        + "\"method\":\"redact\"},{\"path\":\"nodesByType('string')\",\"method\":\"cryptoHash\"}]}");
        write(rules, "deep.json", "{\"a\":" + "[".repeat(500_000) + "]".repeat(500_000) + "}");
        write(
                rules,
                "ids.json",
                "{\"fhirPathRules\":[{\"path\":\"nodesByType('string')\",\"method\":\"cryptoHash\"}]}");
    }

    @AfterAll
    void stop() throws Exception {
        System.out.println("peak of the process: " + process.peakBytes() / MB + " MB");
        process.close();
        onlooker.close();
        TestDatabase.drop(database);
        assertThat(Files.readString(home.resolve("process.log"))).doesNotContain("OutOfMemoryError");
    }

    @Test
    void largeRuleFilesManyAtATimeAreRefusedOrPutOff() throws Exception {
        TreeMap<String, Set<Integer>> statuses = new TreeMap<>();
        for (String rules : List.of(
                "elements.json", "lists.json", "lines.yaml", "keys.yaml", "flow.yaml", "rules.json", "deep.json")) {
            ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
            List<Future<Integer>> answers = new ArrayList<>();
            for (int n = 0; n < AT_A_TIME; n++) {
                answers.add(threads.submit(() -> HTTP.send(
                                HttpRequest.newBuilder(URI.create(process.base()
                                                + "/$export-estimate?_container=study&_anonymizationConfig=" + rules))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode()));
            }
            Set<Integer> seen = new TreeSet<>();
            while (answers.stream().anyMatch(answer -> !answer.isDone())) {
                isAlive();
                Thread.sleep(50);
            }
            for (Future<Integer> answer : answers) {
                seen.add(answer.get());
            }
            threads.shutdown();
            statuses.put(rules, seen);
        }
        System.out.println(statuses);
        assertThat(statuses.values()).allSatisfy(seen -> assertThat(seen).isSubsetOf(200, 400, 413, 503));
        assertThat(statuses.entrySet().stream().filter(entry -> !entry.getKey().equals("rules.json")))
                .allSatisfy(entry -> assertThat(entry.getValue()).doesNotContain(200));
    }

    @Test
    void largeResourcesOfManySmallValuesAreWritten() throws Exception {
        String values = "\"valueString\":\"a\"";
        String body = "{\"resourceType\":\"Basic\",\"id\":\"large\",\"code\":{\"text\":\"x\"},\"extension\":["
                + IntStream.range(0, 150_000)
                        .mapToObj(n -> "{\"url\":\"http://example.org\"," + values + "}")
                        .collect(Collectors.joining(","))
                + "]}";
        HttpResponse<String> put = HTTP.send(
                HttpRequest.newBuilder(URI.create(process.base() + "/$import"))
                        .header("Content-Type", "application/fhir+ndjson")
                        .POST(BodyPublishers.ofString(body + "\n"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);

        ExportClient client = new ExportClient(onlooker);
        List<HttpResponse<String>> kickOffs = Stream.of("ids.json", "fhirpath.json", "ids.json", "fhirpath.json")
                .map(rules -> client.kickOff(
                        process.base() + "/$export?_type=Basic&_container=study&_anonymizationConfig=" + rules))
                .toList();
        for (int n = 0; n < kickOffs.size(); n++) {
            HttpResponse<String> end = client.awaitEnd(
                    kickOffs.get(n).headers().firstValue("Content-Location").orElseThrow());
            if (n % 2 == 0) {
                assertThat(end.statusCode()).as(end.body()).isEqualTo(200);
            } else {
                assertThat(ExportClient.outcome(500, end))
                        .singleElement()
                        .asString()
                        .contains("too large for FHIRPath");
            }
            isAlive();
        }
    }

    private void isAlive() throws Exception {
        HttpRequest liveness = HttpRequest.newBuilder(process.base().resolve("/actuator/health/liveness"))
                .timeout(Duration.ofSeconds(10))
                .build();
        assertThat(HTTP.send(liveness, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }

    private static void write(Path folder, String name, String text) throws Exception {
        Files.writeString(folder.resolve(name), text.substring(0, Math.min(text.length(), MB)));
    }

    /** As often as fits in a rule file. */
    private static String repeat(String text, String separator) {
        return (text + separator).repeat((MB - 100) / (text.length() + separator.length())) + text;
    }
}
