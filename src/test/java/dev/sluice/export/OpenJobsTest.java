package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.HeldUnits;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More jobs are open at a time than two processes of one database take. */
@IntegrationTest
class OpenJobsTest {
    private static final int LIMIT = 5;
    private static final int AT_ONCE = 8;

    @TempDir
    private Path home;

    private final List<SluiceServer> servers = new ArrayList<>();
    private String database;

    @BeforeEach
    void start() {
        database = TestDatabase.freshUrl();
        for (int n = 0; n < 2; n++) {
            servers.add(SluiceServer.start(
                    "--spring.datasource.url=" + database,
                    "--sluice.home=" + home,
                    "--sluice.import.root=" + home,
                    "--sluice.export.max-open-jobs=" + LIMIT));
        }
        Ward.load(servers.get(0));
        HeldUnits.of(servers.get(0));
    }

    @AfterEach
    void stop() {
        servers.forEach(SluiceServer::close);
        TestDatabase.drop(database);
    }

    @Test
    void concurrentKickOffsNeverExceedTheLimit() throws Exception {
        List<HttpResponse<String>> answers = atOnce(this::kickOff, AT_ONCE, LIMIT);

        HttpResponse<String> refused = kickOff(0);
        assertThat(outcome(429, refused))
                .singleElement()
                .asString()
                .contains("jobs that have not ended is 5", "sluice.export.max-open-jobs", "DELETE");
        assertThat(refused.body()).contains("\"throttled\"");
        assertThat(refused.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
        assertThat(containers()).as("a refused kick-off leaves no container").hasSize(LIMIT);

        HttpResponse<String> open = answers.stream()
                .filter(answer -> answer.statusCode() == 202)
                .findFirst()
                .orElseThrow();
        String job = open.headers().firstValue("Content-Location").orElseThrow();
        assertThat(servers.get(1).delete(job).statusCode()).isEqualTo(202);
        assertThat(kickOff(0).statusCode()).isEqualTo(202);
        assertThat(kickOff(1).statusCode()).isEqualTo(429);
    }

    /** Imports have the same limit of their own. */
    @Test
    void concurrentImportsNeverExceedTheLimit() throws Exception {
        Path file = Files.writeString(home.resolve("a.ndjson"), Ward.NDJSON);

        atOnce(n -> importOf(n, file), AT_ONCE, LIMIT);

        HttpResponse<String> refused = importOf(1, file);
        assertThat(outcome(429, refused)).singleElement().asString().contains("import jobs", "is 5");
        assertThat(refused.headers().firstValue("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
        assertThat(kickOff(0).statusCode()).isEqualTo(202);
    }

    private interface Request {
        HttpResponse<String> to(int server);
    }

    private static List<HttpResponse<String>> atOnce(Request request, int count, int taken) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<Future<HttpResponse<String>>> sent = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            int server = n % 2;
            Supplier<HttpResponse<String>> one = () -> request.to(server);
            sent.add(threads.submit(one::get));
        }
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (Future<HttpResponse<String>> answer : sent) {
            answers.add(answer.get());
        }
        threads.shutdown();
        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(202, 429);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 202))
                .hasSize(taken);
        return answers;
    }

    private HttpResponse<String> kickOff(int server) {
        return new ExportClient(servers.get(server)).kickOff("/$export");
    }

    private HttpResponse<String> importOf(int server, Path file) {
        return servers.get(server)
                .post(
                        "/$import",
                        "application/fhir+json",
                        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                                + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\","
                                + "\"valueUri\":\"" + file.toUri() + "\"}]}]}",
                        "Prefer",
                        "respond-async");
    }

    private List<Path> containers() throws IOException {
        try (Stream<Path> all = Files.list(home.resolve("blobs"))) {
            return all.filter(path -> path.getFileName().toString().matches("\\d{8}t.*"))
                    .toList();
        }
    }
}
