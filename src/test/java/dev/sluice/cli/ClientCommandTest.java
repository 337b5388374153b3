package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SlowTest;
import dev.sluice.SluiceApplication;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, on a database that a server may use at the same time. */
@SlowTest
class ClientCommandTest {

    @TempDir
    Path folder;

    private String url;

    private record Run(int exitCode, String output) {}

    @BeforeEach
    void makeDatabase() {
        url = TestDatabase.freshUrl();
    }

    @AfterEach
    void dropDatabase() {
        TestDatabase.drop(url);
    }

    @Test
    void aClientIsAddedListedDisabledAndEnabled() throws Exception {
        Run added =
                run("add", "lake", "--scopes=system/*.rs sluice/import", "--jwks-url=https://lake.example.org/jwks");
        assertThat(added).isEqualTo(new Run(0, "The client lake is registered.\n"));

        assertThat(run("disable", "lake")).isEqualTo(new Run(0, "The client lake is disabled.\n"));

        String configured = "--sluice.security.clients.warehouse.";
        Run list = run(
                "list", configured + "scopes=system/Patient.rs", configured + "jwks-url=https://w.example.org/keys");
        assertThat(list.exitCode()).isZero();
        assertThat(list.output().lines())
                .containsExactly(
                        "lake  disabled  registered in the database  system/*.rs sluice/import",
                        "warehouse  enabled  registered in the settings  system/Patient.rs");
    }

    @Test
    void faultsAreOneSentenceAndTwo() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys.json"), "{}");

        Run noKeys = run("add", "lake", "--scopes=system/*.rs", "--jwks-file=" + keys);
        assertThat(noKeys.exitCode()).isEqualTo(2);
        assertThat(noKeys.output()).startsWith("client lake.jwks is no JWKS").endsWith(".\n");
        assertThat(noKeys.output().lines()).hasSize(1);
        Run nowhere = runOn("jdbc:postgresql://localhost:1/nowhere", "list");
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.output()).startsWith("The database cannot be used: ").doesNotContain("\tat ");
    }

    @Test
    void argumentsAreChecked() {
        assertThat(CommandRun.run("client", "remove", "lake").err()).startsWith("'remove' is none of add, list");
        assertThat(CommandRun.run("client", "add").err()).startsWith("The client id is missing");
        assertThat(CommandRun.run("client", "add", "lake", "--scope=system/*.rs")
                        .err())
                .startsWith("'--scope=system/*.rs' is no option of the command client");
        CommandRun run = CommandRun.run("client", "list", "--spring.datasource.url=jdbc:postgresql://db/sluice");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("There is no database.\n");
    }

    private Run run(String... args) throws IOException, InterruptedException {
        return runOn(url, args);
    }

    private Run runOn(String database, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SluiceApplication.class.getName(),
                "client"));
        command.addAll(List.of(args));
        command.add("--spring.datasource.url=" + database);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output));
    }
}
