package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of {@code $import} that are deletions, of clients who may delete by imports, and who may not. */
@IntegrationTest
class ImportDeletionsTest {
    private static final String LINES = "{\"resourceType\":\"Patient\",\"id\":\"%1$s\"}\n"
            + "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":"
            + "{\"method\":\"DELETE\",\"url\":\"Patient/%1$s\"}}]}\n";

    @TempDir
    static Path root;

    private static SluiceServer server;
    private static SluiceServer reader;

    @BeforeAll
    static void start() {
        server = KnownTokens.server("--sluice.import.root=" + root);
        reader = server.as(KnownTokens.of("reader", "system/*.rs"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aBodyDeletesForWhoMay() {
        SluiceServer client = client(Operation.IMPORT, Operation.IMPORT_DELETIONS);

        assertThat(load(client, "body-1").statusCode()).isEqualTo(200);

        assertThat(reader.get("/Patient/body-1").statusCode()).isEqualTo(410);
    }

    @Test
    void aBodyDeletesForNobodyElse() {
        HttpResponse<String> response = load(client(Operation.IMPORT), "body-2");

        assertThat(response.body()).contains("Line 2: The line is a deletion");
        assertThat(reader.get("/Patient/body-2").statusCode()).isEqualTo(200);
    }

    /** The permissions are those of the kick-off. */
    @Test
    void aJobDeletesForWhoMay() throws IOException {
        assertThat(errors(client(Operation.IMPORT, Operation.IMPORT_DELETIONS), "job-1"))
                .isEmpty();
        assertThat(reader.get("/Patient/job-1").statusCode()).isEqualTo(410);

        assertThat(errors(client(Operation.IMPORT), "job-2")).contains("line 2: The line is a deletion");
        assertThat(reader.get("/Patient/job-2").statusCode()).isEqualTo(200);
    }

    private static SluiceServer client(Operation... operations) {
        Permissions permissions = new Permissions(List.of(), Set.of(operations));
        return server.as(KnownTokens.of("loader", permissions, ClientLimits.NONE));
    }

    private static HttpResponse<String> load(SluiceServer client, String id) {
        return client.post("/$import", "application/fhir+ndjson", LINES.formatted(id));
    }

    /** The bad lines of an import of a file. */
    private static String errors(SluiceServer client, String id) throws IOException {
        Path file = Files.writeString(root.resolve(id + ".ndjson"), LINES.formatted(id));
        HttpResponse<String> accepted = client.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\""
                        + file.toUri() + "\"}]}]}",
                "Prefer",
                "respond-async");
        String status = accepted.headers().firstValue("Content-Location").orElseThrow();
        await().atMost(Duration.ofSeconds(30)).until(() -> client.get(status).statusCode() == 200);
        String result = client.get(status).body();
        return result.contains("/errors/")
                ? client.get(status + "/errors/1.ndjson").body()
                : "";
    }
}
