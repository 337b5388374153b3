package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.SlowTest;
import dev.sluice.SluiceApplication;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** The command in a process of its own, on the database of a server. */
@SlowTest
class StopCommandTest {
    private static final TokenClient LAKE = new TokenClient("lake", TokenClient.RSA);
    private static final TokenClient OTHER = new TokenClient("other", TokenClient.RSA);
    private static final String SCOPE = "system/*.rs";

    @TempDir
    Path folder;

    @Test
    void exportsStopAndClientsAreShutOut() throws Exception {
        String url = TestDatabase.freshUrl();
        try (SluiceServer server = SluiceServer.start(TokenClient.options(
                "lake.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "lake.scopes=" + SCOPE,
                "other.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "other.scopes=" + SCOPE,
                "--sluice.role=api", // no job ends
                "--spring.datasource.url=" + url))) {
            String[] lake = LAKE.authorization(server, SCOPE);
            String[] other = OTHER.authorization(server, SCOPE);
            String job = kickOff(server, lake);

            assertThat(run(url, 2, "stop")).contains("add --yes");
            assertThat(server.get(job, lake).statusCode()).isEqualTo(202);

            assertThat(run(url, 0, "stop", "--client=lake", "--yes"))
                    .contains("The client lake is disabled", "All access tokens", "1 exports are cancelled");
            assertThat(server.get(job, lake).statusCode()).isEqualTo(401);
            assertThat(server.bean(JdbcTemplate.class).queryForList("select status from job", String.class))
                    .containsExactly("DISCARDED");
            await().untilAsserted(() ->
                    assertThat(server.get("/Group", other).statusCode()).isEqualTo(401));
            String[] again = OTHER.authorization(server, SCOPE);
            assertThat(server.get("/Group", again).statusCode()).isEqualTo(200);

            assertThat(run(url, 0, "stop", "--yes")).contains("All clients are disabled");
            assertThat(server.get("/Group", again).statusCode()).isEqualTo(401);
            assertThat(OTHER.request(server, SCOPE).statusCode()).isEqualTo(400);

            run(url, 0, "client", "enable", "*");
            assertThat(OTHER.request(server, SCOPE).statusCode()).isEqualTo(200);
            assertThat(LAKE.request(server, SCOPE).statusCode()).isEqualTo(400);
            assertRecorded(server, job.substring(job.lastIndexOf('/') + 1));
        } finally {
            TestDatabase.drop(url);
        }
    }

    @Test
    void aTokenForTheDatabaseIsSentToACheckedServerOnly() throws Exception {
        assertThat(run("jdbc:postgresql://localhost:1/sluice?authenticationPluginClassName=x", 2, "stop", "--yes"))
                .contains("Add sslmode=verify-full to it");
    }

    private static void assertRecorded(SluiceServer server, String job) {
        assertThat(server.bean(JdbcTemplate.class)
                        .queryForList(
                                "select concat_ws(' ', activity, subject) from audit_event"
                                        + " where issuer = 'urn:sluice:command-line' and client <> '' order by id",
                                String.class))
                .containsExactly(
                        "CLIENT_DISABLED lake",
                        "TOKENS_REVOKED",
                        "EXPORT_DELETED " + job,
                        "CLIENT_DISABLED *",
                        "TOKENS_REVOKED",
                        "CLIENT_ENABLED *");
    }

    private static String kickOff(SluiceServer server, String[] token) {
        HttpResponse<String> response = server.get(
                "/$export", token[0], token[1], "Prefer", "respond-async", "Accept", "application/fhir+json");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        String job = response.headers().firstValue("Content-Location").orElseThrow();
        return job.substring(TokenClient.BASE.length());
    }

    private String run(String database, int exitCode, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SluiceApplication.class.getName()));
        Stream.concat(Stream.of(args), Stream.of("--spring.datasource.url=" + database))
                .forEach(command::add);
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
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isEqualTo(exitCode);
        return text;
    }
}
