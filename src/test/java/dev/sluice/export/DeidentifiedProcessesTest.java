package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.FaultTally;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** De-identified exports that several processes write, of which one is killed. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
@Tag(FaultTally.TAG)
class DeidentifiedProcessesTest {
    private static final int PATIENTS = 100;
    private static final int OBSERVATIONS = 2_000;
    private static final int UNITS = 3;

    private static final String RULES = """
            {"fhirPathRules": [
              {"path": "Resource.id", "method": "cryptoHash"},
              {"path": "nodesByType('Reference').reference", "method": "cryptoHash"},
              {"path": "Patient.birthDate", "method": "dateShift"},
              {"path": "Observation.effective", "method": "dateShift"}],
             "parameters": {%s}}
            """;
    private static final String KEYS = "\"cryptoHashKey\": \"%s\", \"dateShiftKey\": \"%1$s\"";

    private final Path home;
    private final String database = TestDatabase.freshUrl();
    private final SluiceServer onlooker;
    private final ExportClient client;

    DeidentifiedProcessesTest(@TempDir Path home) {
        this.home = home;
        onlooker =
                SluiceServer.start("--spring.datasource.url=" + database, "--sluice.home=" + home, "--sluice.role=api");
        client = new ExportClient(onlooker);
    }

    @BeforeAll
    void load() throws Exception {
        Ward.load(onlooker, resources());
        Path rules = Files.createDirectories(home.resolve("blobs/anonymization"));
        Files.writeString(rules.resolve("keys.json"), RULES.formatted(KEYS.formatted("of the study")));
        Files.writeString(rules.resolve("other-keys.json"), RULES.formatted(KEYS.formatted("of another study")));
        Files.writeString(rules.resolve("no-keys.json"), RULES.formatted(""));
    }

    @AfterAll
    void stop() {
        onlooker.close();
        TestDatabase.drop(database);
    }

    @Test
    void anExportWhoseProcessWasKilledIsTheSameAsAnother() throws Exception {
        HttpResponse<String> kickOff = kickOffAndKill("keys.json");
        assertThat(jdbc().queryForList("select rules || keys from deidentification", String.class))
                .singleElement()
                .asString()
                .doesNotContain("of the study"); // the key is encoded, and not in the rules
        try (SluiceProcess process = process("survivor")) {
            Export disturbed = client.await(kickOff);
            Export undisturbed = export("keys.json&_until=" + disturbed.transactionTime());
            Export other = export("other-keys.json&_until=" + disturbed.transactionTime());

            FaultTally.of(DeidentifiedProcessesTest.class).export(undisturbed.all(), disturbed.all());
            assertThat(disturbed.all()).hasSize(PATIENTS + OBSERVATIONS);
            assertThat(disturbed.lines()).isEqualTo(undisturbed.lines());
            assertThat(other.keys()).doesNotContainAnyElementsOf(disturbed.keys());
            assertThat(process.isReady()).isTrue();
        }
        assertThat(jdbc().queryForList("select 1 from deidentification")).isEmpty();
    }

    @Test
    void keysThatAreMadeForAnExportAreThoseOfAllItsProcesses() throws Exception {
        HttpResponse<String> kickOff = kickOffAndKill("no-keys.json");
        try (SluiceProcess process = process("survivor-without-keys")) {
            Export disturbed = client.await(kickOff);
            Export other = export("no-keys.json&_until=" + disturbed.transactionTime());

            Set<String> patients = Set.copyOf(disturbed.keys().stream()
                    .filter(key -> key.startsWith("Patient/"))
                    .toList());
            Set<String> subjects = disturbed.lines().getOrDefault("Observation", List.of()).stream()
                    .map(line -> line.replaceFirst(".*\"subject\":\\{\"reference\":\"([^\"]+)\".*", "$1"))
                    .collect(Collectors.toSet());
            assertThat(subjects).isEqualTo(patients).hasSize(PATIENTS);
            assertThat(other.keys()).doesNotContainAnyElementsOf(disturbed.keys());
            assertThat(process.isReady()).isTrue();
        }
    }

    /** Starts an export, and kills the process that has written some of its units and is at another. */
    private HttpResponse<String> kickOffAndKill(String rules) throws Exception {
        HttpResponse<String> kickOff = client.kickOff(path(rules));
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        try (SluiceProcess process = process("victim-" + rules, "--sluice.export.max-bytes-per-second=200KB")) {
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> !jdbc().queryForList(
                                    "select 1 from job where ending is null and units_done >= " + UNITS)
                            .isEmpty());
            process.kill();
        }
        FaultTally.of(DeidentifiedProcessesTest.class).fault();
        return kickOff;
    }

    private Export export(String rules) {
        return client.export(path(rules));
    }

    private static String path(String rules) {
        return "/$export?_type=Patient,Observation&_container=study&_anonymizationConfig=" + rules;
    }

    private SluiceProcess process(String name, String... more) throws Exception {
        String[] options = {
            "--spring.datasource.url=" + database,
            "--sluice.home=" + home,
            "--sluice.lease=1s",
            "--sluice.export.workers=1",
            "--sluice.export.file-size=64KB"
        };
        return SluiceProcess.start(
                home.resolve(name + ".log"),
                IntStream.range(0, options.length + more.length)
                        .mapToObj(i -> i < options.length ? options[i] : more[i - options.length])
                        .toArray(String[]::new));
    }

    private static String resources() {
        StringBuilder lines = new StringBuilder();
        for (int n = 0; n < PATIENTS; n++) {
            lines.append("{\"resourceType\":\"Patient\",\"id\":\"p" + n + "\",\"birthDate\":\"1980-02-0" + (1 + n % 9)
                    + "\"}\n");
        }
        for (int n = 0; n < OBSERVATIONS; n++) {
            lines.append(
                    "{\"resourceType\":\"Observation\",\"id\":\"o" + n + "\",\"status\":\"final\",\"code\":{\"text\":\""
                            + "x".repeat(800) + "\"},\"subject\":{\"reference\":\"Patient/p" + n % PATIENTS
                            + "\"},\"effectiveDateTime\":\"2020-05-1" + n % 10 + "T12:30:00Z\"}\n");
        }
        return lines.toString();
    }

    private JdbcTemplate jdbc() {
        return onlooker.bean(JdbcTemplate.class);
    }
}
