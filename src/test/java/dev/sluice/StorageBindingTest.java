package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** Databases and storages that do not belong together. */
@SlowTest
class StorageBindingTest {
    private static final String PATIENT = "{\"resourceType\":\"Patient\",\"id\":\"p\"}";

    @TempDir
    Path folder;

    private String production;
    private String copy;

    @BeforeEach
    void makeProduction() {
        production = TestDatabase.freshUrl();
        copy = "";
    }

    @AfterEach
    void dropDatabases() {
        TestDatabase.drop(production);
        if (!copy.isEmpty()) {
            TestDatabase.drop(copy);
        }
    }

    @Test
    void aStoreFindsItsStorageAgainAndSharesItWithItsProcesses() {
        try (SluiceServer first = start(production, "blobs");
                SluiceServer second = start(production, "blobs")) {
            first.bean(StorageBinding.class).checkMark();
            second.bean(StorageBinding.class).checkMark();
            first.bean(StorageBinding.class).checkMark();

            assertThat(export(first)).isNotBlank();
            assertThat(export(second)).isNotBlank();
        }
        start(production, "blobs").close();
    }

    @Test
    void storesOfTheirOwnMayShareAStorage() {
        copy = TestDatabase.freshUrl(); // no copy of anything that has started
        try (SluiceServer one = start(production, "blobs");
                SluiceServer other = start(copy, "blobs")) {
            one.bean(StorageBinding.class).checkMark();
            other.bean(StorageBinding.class).checkMark();

            assertThat(export(one)).isNotBlank();
            assertThat(export(other)).isNotBlank();
        }
    }

    @Test
    void aProcessWithAnotherStorageDoesNotStartAndDoesNoHarm() throws IOException {
        try (SluiceServer server = start(production, "blobs")) {
            String job = export(server);

            assertThat(refusal(production, "elsewhere"))
                    .contains("The files of this store are not in folder " + folder.resolve("elsewhere"))
                    .contains("Give this process the storage of the others", "--sluice.storage.adopt=true");

            assertThat(server.get(job).statusCode()).isEqualTo(200);
            assertThat(files("blobs")).anyMatch(file -> file.endsWith("Patient-1.ndjson"));
        }
    }

    @Test
    void aStorageThatWasMovedIsTakenOnceTheOperatorSaysSo() {
        start(production, "blobs").close();

        start(production, "elsewhere", "--sluice.storage.adopt=true").close();

        start(production, "elsewhere").close();
    }

    @Test
    void aCopyOfTheDatabaseDoesNotStartOverTheSameStorage() throws IOException {
        String job;
        try (SluiceServer server = start(production, "blobs")) {
            job = export(server);
        }
        copy = TestDatabase.copyOf(production);
        try (SluiceServer server = start(production, "blobs")) {
            assertThat(refusal(copy, "blobs"))
                    .contains("Another copy of this database uses the storage")
                    .contains("--sluice.storage.adopt=true", "If it is a copy for tests, give it another storage");

            assertThat(server.get(URI.create(job).getPath().replaceFirst("^/fhir", ""))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(files("blobs")).anyMatch(file -> file.endsWith("Patient-1.ndjson"));
        }
    }

    @Test
    void aRunningProcessWhoseStorageWasTakenOverIsToldAndChangesNothingAnyMore() throws IOException {
        String job;
        try (SluiceServer server = start(production, "blobs")) {
            job = URI.create(export(server)).getPath().replaceFirst("^/fhir", "");
        }
        copy = TestDatabase.copyOf(production);
        try (SluiceServer server = start(production, "blobs");
                SluiceServer successor = start(copy, "blobs", "--sluice.storage.adopt=true")) {
            server.bean(StorageBinding.class).checkMark();

            HttpResponse<String> kickOff = new ExportClient(server).kickOff("/$export");
            assertThat(kickOff.statusCode()).isEqualTo(503);
            assertThat(kickOff.body()).contains("Another copy of this database uses the storage");
            assertThat(server.delete(job).statusCode()).isEqualTo(202);
            assertThat(export(successor)).isNotBlank();
            assertThat(successor.get(job).statusCode()).isEqualTo(200);
            assertThat(files("blobs").stream().filter(file -> file.endsWith("Patient-1.ndjson")))
                    .as("the file of before and that of the successor")
                    .hasSize(2);
        }
    }

    /** As a standby does that takes over without the last commits. */
    @Test
    void aMarkIdThatTheDatabaseHasLostIsRecordedAgainByTheProcessThatMadeIt() {
        try (SluiceServer first = start(production, "blobs");
                SluiceServer second = start(production, "blobs")) {
            second.bean(JdbcTemplate.class).update("delete from storage_token");
            first.bean(StorageBinding.class).checkMark();
            assertThat(new ExportClient(first).kickOff("/$export").statusCode()).isEqualTo(503);

            second.bean(StorageBinding.class).checkMark();
            first.bean(StorageBinding.class).checkMark();

            assertThat(export(first)).isNotBlank();
            assertThat(export(second)).isNotBlank();
        }
        start(production, "blobs").close();
    }

    /** The status URL of an export of one Patient that is complete. */
    private static String export(SluiceServer server) {
        server.put("/Patient/p", "application/fhir+json", PATIENT);
        ExportClient.Export export = new ExportClient(server).export("/$export");
        assertThat(export.keys()).containsExactly("Patient/p");
        return export.job();
    }

    private List<String> files(String root) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve(root))) {
            return all.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    private String refusal(String database, String root) {
        Throwable failure = catchThrowable(() -> start(database, root).close());
        assertThat(failure).isNotNull();
        return StartFailureReporter.sentence(failure).orElseThrow(() -> new AssertionError(failure));
    }

    private SluiceServer start(String database, String root, String... more) {
        return SluiceServer.start(Stream.concat(
                        Stream.of(
                                "--spring.datasource.url=" + database,
                                "--sluice.home=" + folder,
                                "--sluice.storage.local.root=" + folder.resolve(root)),
                        Stream.of(more))
                .toArray(String[]::new));
    }
}
