package dev.sluice.benchmark;

import static dev.sluice.benchmark.Scenario.timeOf;

import dev.sluice.benchmark.Scenario.Against;
import dev.sluice.benchmark.Scenario.Done;
import dev.sluice.benchmark.Scenario.Group;
import dev.sluice.blob.AzuriteServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** Exports to Azurite, beside the same bytes uploaded from files, and to a storage that throws everything away. */
final class StorageScenarios {
    private static final String LOCAL = "local";

    private final Environment environment;
    private final RawCopy.Size size;
    private final List<Scenario> all = new ArrayList<>();

    StorageScenarios(Environment environment) {
        this.environment = environment;
        this.size = new RawCopy(environment.url()).size();
    }

    List<Scenario> all() {
        if (environment.options().wantsAny("azurite", "azurite-gzip", "upload")) {
            azurite();
        }
        if (environment.options().wantsAny("sink")) {
            DiscardingStorage sink = DiscardingStorage.start();
            plan("sink", sink.connectionString());
            all.add(export("sink", "system, to a storage that discards", List.of(timeOf("system"))));
        }
        return all;
    }

    private void azurite() {
        AzuriteServer azurite;
        try {
            azurite = AzuriteServer.start(); // it ends with this JVM
        } catch (TestAbortedException noNode) {
            Format.say("SKIPPED: exports to Azurite, without Node.js.");
            return;
        }
        String connection = azurite.connectionString();
        plan("azurite", connection);
        plan("azurite-gzip", connection, "--sluice.export.compression=gzip");
        RawUpload upload = new RawUpload(connection);
        List<Path> files = files();
        all.add(new Scenario(
                "upload",
                Group.STORAGE,
                "upload of the same files by the Azure SDK, to Azurite",
                "",
                () -> Done.of(size.resources(), size.bytes(), upload.of(files)),
                List.of()));
        all.add(export("azurite", "system, to Azurite", List.of(timeOf("upload"), timeOf("system"))));
        all.add(export("azurite-gzip", "system, gzip, to Azurite", List.of(timeOf("upload"))));
    }

    /** The files of an export that is not released: those that the upload takes. */
    private List<Path> files() {
        return environment.files(LOCAL, environment.client(LOCAL).export("/$export"));
    }

    private void plan(String name, String connection, String... more) {
        List<String> settings = new ArrayList<>(
                List.of("--sluice.storage.kind=azure", "--sluice.storage.azure.connection-string=" + connection));
        settings.addAll(List.of(more));
        environment.plan(name, settings);
    }

    private Scenario export(String server, String title, List<Against> against) {
        return new Scenario(
                server,
                Group.STORAGE,
                title,
                server,
                ExportScenarios.exporting(environment, server, "/$export"),
                against);
    }
}
