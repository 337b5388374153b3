package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.HeldUnits;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The commands against exports of a whole server. */
@SlowTest
class ServedExportTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "gzip-files"})
    void anExportIsVerifiedByItsUrlAndInAFolderUntilItIsTamperedWith(String compression) throws IOException {
        try (SluiceServer server = SluiceServer.start(
                "--sluice.export.compression=" + compression, "--sluice.home=" + folder.resolve("home"))) {
            load(server, SavedExport.PATIENTS);
            Export export = new ExportClient(server).export("/$export");

            CommandRun served = CommandRun.run("verify", export.job());
            assertThat(served.exitCode()).as(served.out() + served.err()).isZero();
            assertThat(served.out())
                    .contains("TRUE: 1 file, 2 lines")
                    .contains(
                            compression.startsWith("gzip")
                                    ? "count, bytes, crc32, storedBytes, storedSha256 as stated"
                                    : "count, bytes, sha256 as stated");

            Path stored = besideItsManifest(folder.resolve("home"));
            assertThat(CommandRun.run("verify", stored).out())
                    .contains("TRUE: 1 file, 2 lines")
                    .doesNotContain("the manifest states nothing");
            assertThat(CommandRun.run("compare", export.job(), stored).exitCode())
                    .isZero();

            Path saved = Files.createDirectory(folder.resolve("saved"));
            save(server, export, saved);
            assertThat(CommandRun.run("verify", saved).exitCode()).isZero();
            assertThat(CommandRun.run("compare", export.job(), saved).exitCode())
                    .isZero();

            Path file = saved.resolve(
                    compression.equals("gzip-files")
                            ? "Patient-1.ndjson.gz"
                            : "Patient-1.ndjson"); // without compression
            Files.writeString(file, Files.readString(file).replace("true", "null"));
            assertThat(CommandRun.run("verify", saved).exitCode()).isEqualTo(1);
            assertThat(CommandRun.run("compare", export.job(), saved).out()).contains("other content: Patient/ann");
        }
    }

    @Test
    void exportsOfOneStoreAreEqualUntilItChanges() {
        try (SluiceServer server = SluiceServer.start()) {
            load(server, SavedExport.PATIENTS);
            ExportClient client = new ExportClient(server);
            String first = client.export("/$export").job();
            String second = client.export("/$export").job();
            CommandRun equal = CommandRun.run("compare", first, second);
            assertThat(equal.exitCode()).as(equal.out() + equal.err()).isZero();

            load(server, SavedExport.PATIENTS.replace("true", "false"));
            String third = client.export("/$export").job();
            server.delete(second);

            CommandRun changed = CommandRun.run("compare", first, third);
            assertThat(changed.exitCode()).isEqualTo(1);
            assertThat(changed.out()).contains("other content: Patient/ann (version 1 in A, 2 in B)");
            CommandRun gone = CommandRun.run("compare", first, second);
            assertThat(gone.exitCode()).isEqualTo(2);
            assertThat(gone.err()).contains("cannot be read: it does not exist.");
        }
    }

    @Test
    void anExportInPagesIsVerifiedFromItsFirstPageOnWhereverItIs() throws IOException {
        try (SluiceServer server = SluiceServer.start("--sluice.export.file-size=100B")) {
            load(server, SavedExport.PATIENTS);
            HeldUnits units = HeldUnits.of(server);
            ExportClient client = new ExportClient(server);
            String job = client.kickOff("/$export?allowPartialManifests=true")
                    .headers()
                    .firstValue("Content-Location")
                    .orElseThrow();
            units.run(job, 0, 0);
            server.get(job);
            CommandRun running = CommandRun.run("verify", job);
            units.release(job);
            Export first = client.download(client.awaitEnd(job));
            Export second = client.download(server.get(job + "/pages/2"));

            CommandRun served = CommandRun.run("verify", job);

            assertThat(running.err()).contains("not finished yet");
            assertThat(served.out()).contains("Patient-1.ndjson", "Patient-2.ndjson", "TRUE: 2 files, 2 lines");
            save(server, first, folder);
            assertThat(CommandRun.run("verify", folder).err()).contains("it does not exist");
            save(server, second, folder);
            Files.writeString(folder.resolve("2"), second.manifest().toString());
            Files.writeString(folder.resolve("manifest.json"), first.manifest().toString());
            assertThat(CommandRun.run("verify", folder).out()).contains("TRUE: 2 files, 2 lines");
        }
    }

    private static Path besideItsManifest(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("blobs"))) {
            return files.filter(file -> file.endsWith("manifest.json"))
                    .map(Path::getParent)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void load(SluiceServer server, String ndjson) {
        assertThat(server.post("/$import", "application/fhir+ndjson", ndjson).statusCode())
                .isEqualTo(200);
    }

    private static void save(SluiceServer server, Export export, Path folder) throws IOException {
        Files.writeString(folder.resolve("manifest.json"), export.manifest().toString());
        for (JsonNode item : export.manifest().path("output")) {
            String url = item.path("url").stringValue();
            String name = url.substring(url.lastIndexOf('/') + 1);
            Files.writeString(folder.resolve(name), server.get(url).body());
        }
    }
}
