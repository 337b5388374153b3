package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.DoctorProcess;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the command {@code doctor} says of clients and of the keys of access tokens, on the database of a server. */
@SlowTest
class RegistryChecksTest {
    private static final String SECRET = "--sluice.security.token-key-secret=0123456789-0123456789-0123456789";

    @TempDir
    Path folder;

    @Test
    void clientsWithoutKeysAndOtherSecretsAreProblems() throws Exception {
        String url = TestDatabase.freshUrl();
        String database = "--spring.datasource.url=" + url;
        try (KeyHost host = KeyHost.start();
                SluiceServer server = SluiceServer.start(TokenClient.options(
                        "lake.jwks=" + TokenClient.jwks(TokenClient.RSA),
                        "lake.scopes=system/*.rs",
                        SECRET,
                        database))) {
            DoctorProcess none = run(database, SECRET);
            assertThat(none.lines("ok", "tokens")).as(none.toString()).hasSize(1);
            assertThat(none.lines("warning", "tokens").get(0)).startsWith("No client is registered and enabled");

            new TokenClient("lake", TokenClient.RSA).authorization(server, "system/*.rs");
            host.serve("/good", "");
            host.serve("/missing", exchange -> host.answer(exchange, 404, ""));
            JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
            insert(jdbc, "broken", "https://[", true);
            insert(jdbc, "off", host.url("/missing").toString(), false);

            DoctorProcess run = run(
                    database,
                    SECRET,
                    client("good", host.url("/good") + ""),
                    client("gone", host.url("/missing") + ""));
            assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
            assertThat(run.lines("problem", "tokens"))
                    .containsExactly(
                            "client broken.jwks-url is 'https://['; it must be a URL such as"
                                    + " https://client.example.org/jwks.json.",
                            "The keys of the client gone cannot be fetched from " + host.url("/missing")
                                    + ": the answer has the status 404.");
            assertThat(run.lines("ok", "tokens").get(0)).startsWith("The secret opens the newest key");

            DoctorProcess other = run(database, SECRET + "-other");
            assertThat(other.lines("problem", "tokens"))
                    .as(other.toString())
                    .anyMatch(line -> line.startsWith("The newest key of access tokens cannot be opened"));
            assertThat(other.output().toString()).doesNotContain("0123456789-");
        } finally {
            TestDatabase.drop(url);
        }
    }

    private static void insert(JdbcTemplate jdbc, String id, String url, boolean enabled) {
        jdbc.update(
                "insert into client (id, scopes, jwks_url, enabled) values (?, 'system/*.rs', ?, ?)", id, url, enabled);
    }

    /** Two settings in one argument of {@link #run}. */
    private static String client(String id, String url) {
        return "--sluice.security.clients." + id + ".jwks-url=" + url + " --sluice.security.clients." + id
                + ".scopes=system/*.rs";
    }

    private DoctorProcess run(String... settings) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(TokenClient.options()));
        for (String setting : settings) {
            all.addAll(List.of(setting.split(" ")));
        }
        return DoctorProcess.run(folder, all.toArray(String[]::new));
    }
}
