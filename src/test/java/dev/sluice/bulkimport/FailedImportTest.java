package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import dev.sluice.blob.StoredBlobs;
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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Who learns what of an import of files that fails. */
@IntegrationTest
class FailedImportTest {
    /** A value of a patient, in a place that a message about the line quotes. */
    private static final String SECRET = "Doe-1970-01-01";

    @TempDir
    static Path root;

    private static SluiceServer server;
    private static SluiceServer owner;
    private static SluiceServer other;
    private static SluiceServer administrator;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy cause = event.getThrowableProxy();
            log.add(event.getFormattedMessage() + (cause == null ? "" : "\n" + ThrowableProxyUtil.asString(cause)));
        }
    };

    @BeforeAll
    static void start() {
        server = KnownTokens.server("--sluice.import.root=" + root, "--sluice.import.max-bad-lines=2");
        owner = server.as(KnownTokens.of("owner", "system/*.rs"));
        other = server.as(KnownTokens.of("other", "system/*.rs"));
        Permissions all = new Permissions(List.of(), Set.of(Operation.values()));
        administrator = server.as(KnownTokens.of("administrator", all, ClientLimits.NONE));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void readLog() {
        appender.start();
        root().addAppender(appender);
    }

    @AfterEach
    void stopReading() {
        root().detachAppender(appender);
    }

    @Test
    void onlyItsOwnerReadsWhichLinesAreBad() throws IOException {
        String bad = "{\"resourceType\":\"" + SECRET + "\",\"id\":\"x\"}\n";
        String job = kickOff("secret.ndjson", "{\"resourceType\":\"Patient\",\"id\":\"good\"}\n" + bad.repeat(3));

        String id = job.replaceAll(".*/", "");
        HttpResponse<String> status = owner.get(job);
        assertThat(status.statusCode()).isEqualTo(500);
        assertThat(status.body())
                .contains("more than 2 bad lines", "1 created", "errors/1.ndjson below the URL of the import's status")
                .doesNotContain(SECRET);
        HttpResponse<String> lines = owner.get(job + "/errors/1.ndjson");
        assertThat(lines.statusCode()).as(lines.body()).isEqualTo(200);
        assertThat(lines.body().lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("secret.ndjson, line ", SECRET));
        assertThat(owner.get(job + "/errors/2.ndjson").statusCode()).isEqualTo(404);

        assertThat(other.get(job + "/errors/1.ndjson").statusCode()).isEqualTo(404);
        assertThat(administrator.get(job + "/errors/1.ndjson").statusCode()).isEqualTo(404);
        assertThat(administrator.get("/_operations").body())
                .contains(id, "more than 2 bad lines")
                .doesNotContain(SECRET);
        for (String part : List.of("/details", "/units")) {
            HttpResponse<String> seen = administrator.get(job + part);
            assertThat(seen.statusCode()).isEqualTo(200);
            assertThat(seen.body()).doesNotContain(SECRET);
        }
        assertThat(log).anyMatch(line -> line.contains(id)).noneMatch(line -> line.contains(SECRET));
    }

    /** Its files are erased with it, as those of an import that is complete. */
    @Test
    void theListOfItsBadLinesGoesWithIt() throws IOException {
        String job = kickOff("discarded.ndjson", "{}\n".repeat(3));
        assertThat(owner.get(job + "/errors/1.ndjson").statusCode()).isEqualTo(200);

        assertThat(owner.delete(job).statusCode()).isEqualTo(202);

        BlobStore blobs = server.bean(BlobStore.class);
        String id = job.replaceAll(".*/", "");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> StoredBlobs.in(blobs, ContainerName.IMPORT_ERRORS).stream()
                        .noneMatch(blob -> blob.folder().equals(id)));
        assertThat(owner.get(job + "/errors/1.ndjson").statusCode()).isEqualTo(404);
    }

    /** Starts an import of a file that fails, and waits until it has failed and is erased. */
    private static String kickOff(String name, String lines) throws IOException {
        Path file = Files.writeString(root.resolve(name), lines);
        HttpResponse<String> accepted = owner.post(
                "/$import",
                "application/fhir+json",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\",\"valueString\":"
                        + "\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\",\"valueUri\":\""
                        + file.toUri() + "\"}]}]}",
                "Prefer",
                "respond-async");
        String job = accepted.headers().firstValue("Content-Location").orElseThrow();
        await().atMost(Duration.ofSeconds(30)).until(() -> owner.get(job).statusCode() == 500);
        await().atMost(Duration.ofSeconds(30)).until(() -> isErased(job.replaceAll(".*/", "")));
        return job;
    }

    private static boolean isErased(String job) {
        return Boolean.TRUE.equals(server.bean(JdbcTemplate.class)
                .queryForObject("select erased from job where id = ?::uuid", Boolean.class, job));
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
