package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that cannot start says why in one line. */
@SlowTest
class StartFailureTest {
    private static final String TOKENS =
            "--spring.datasource.url=jdbc:postgresql://localhost:1/sluice?authenticationPluginClassName=x";
    private static final String REFUSAL = "Add sslmode=verify-full to it";

    @TempDir
    Path folder;

    @Test
    void theOnlyLineOfARefusedStartIsTheReason() throws Exception {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SluiceApplication.class.getName(),
                        "--sluice.home=" + folder,
                        "--sluice.export.retention=7",
                        "--sluice.export.compresion=gzip",
                        "--logging.level.dev.sluice.SluiceApplication=warn")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        assertThat(process.exitValue()).isEqualTo(1);
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .contains("Sluice did not start.")
                .contains("sluice.export.retention is '7', a number without a unit; write it with one, such as 7d.")
                .contains("sluice.export.compresion does not exist; did you mean 'sluice.export.compression'?");
        assertThat(folder.resolve("postgres")).as("nothing was made").doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sluice.export.retention=soon | sluice.export.retention is 'soon'; it must be a time with its unit, such as",
                "sluice.export.retention=-1d | sluice.export.retention is -86400000 ms; it must be at least 1000 ms, such as 7d",
                "sluice.export.retention=7ms | sluice.export.retention is 7 ms; it must be at least 1000 ms, such as 7d",
                "sluice.export.patience=0s | sluice.export.patience is 0 ms; it must be at least 1000 ms, such as 30m",
                "sluice.export.stall-limit=-1s | sluice.export.stall-limit is -1000 ms",
                "sluice.export.shutdown-grace=-1s | sluice.export.shutdown-grace is -1000 ms",
                "sluice.history=-1d | sluice.history is -86400000 ms; it must be 0s or more, such as 30d",
                "sluice.seal.after=-1s | sluice.seal.after is -1000 ms; it must be 0s or more, such as 5m",
                "sluice.export.file-size=big | sluice.export.file-size is 'big'; it must be a size with its unit, such as",
                "sluice.export.compression=zip | sluice.export.compression is 'zip'; it must be none or gzip",
                "sluice.export.workers=many | sluice.export.workers is 'many'; it must be a number",
                "sluice.export.yield=perhaps | sluice.export.yield is 'perhaps'; it must be true or false",
                "sluice.storage.azure.credential=cli | sluice.storage.azure.credential is 'cli'; it must be default or managed-identity",
                "sluice.storage.download=sas | sluice.storage.download=sas needs sluice.storage.kind=azure",
            })
    void aWrongSettingIsOneSentenceWithKeyValueAndWhatToDo(String option, String sentence) {
        // It is refused before the database is looked for.
        String nowhere = "--spring.datasource.url=jdbc:postgresql://localhost:1/sluice";

        assertThat(reasonFor("--" + option, nowhere, "--sluice.home=" + folder))
                .contains(sentence)
                .doesNotContain("Exception")
                .doesNotContain("\n");
    }

    /** Nobody is at this address, and nobody is waited for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "&sslmode=require",
                "&sslmode=verify-ca",
                "&sslmode=verify-full&sslfactory=org.postgresql.ssl.NonValidatingFactory",
                "&sslmode=verify-full&sslhostnameverifier=x"
            })
    void aTokenForTheDatabaseIsSentToACheckedServerOnly(String transport) {
        assertThat(reasonFor(TOKENS + transport, "--sluice.home=" + folder)).contains(REFUSAL);
    }

    @Test
    void aTokenIsSentToACheckedServerOnlyAlsoWithoutMigrations() {
        assertThat(reasonFor(TOKENS, "--sluice.home=" + folder, "--spring.flyway.enabled=false"))
                .contains(REFUSAL);
    }

    @Test
    void wrongSettingsAreToldAllAtOnce() {
        assertThat(reasonFor("--sluice.export.patience=0s", "--sluice.history=-1d", "--sluice.seal.size=9MB"))
                .contains("sluice.export.patience is", "sluice.history is", "sluice.seal.size is");
    }

    @Test
    void openModeBeyondLoopbackIsOneSentence() {
        assertThat(reasonFor("--server.address=0.0.0.0"))
                .contains("Set server.address=127.0.0.1, or, in a closed network, sluice.security.allow-open=true.");
    }

    @Test
    void aPortInUseIsOneSentence() throws IOException {
        try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThat(reasonFor("--server.port=" + taken.getLocalPort()))
                    .isEqualTo("Port " + taken.getLocalPort() + " is in use. Stop the process that uses it, or choose"
                            + " another port with --server.port=….");
        }
    }

    private static String reasonFor(String... options) {
        Throwable failure = catchThrowable(() -> SluiceServer.start(options).close());

        assertThat(failure).as("the start with " + List.of(options)).isNotNull();
        return StartFailureReporter.sentence(failure).orElseThrow(() -> new AssertionError(failure));
    }
}
