package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SamplePopulation;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.AzuriteServer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample population comes out as it went in, at each level, into each storage, plain and compressed. */
@SlowTest
class PopulationExportTest {
    private static final Set<String> NOBODYS = Set.of("Organization", "Practitioner", "PractitionerRole", "Location");

    @ParameterizedTest
    @CsvSource({"local, none", "local, gzip", "azure, none", "azure, gzip"})
    void whatIsExportedIsWhatWasLoaded(String storage, String compression) {
        List<String> loaded =
                SamplePopulation.ofPatients(25).stream().map(Object::toString).toList();
        try (SluiceServer server = SluiceServer.start(options(storage, compression))) {
            Ward.load(server, String.join("\n", loaded) + "\n");
            ExportClient client = new ExportClient(server);

            assertThat(plain(client.export("/$export"))).containsExactlyElementsOf(sorted(loaded.stream()));
            assertThat(plain(client.export("/Patient/$export")))
                    .containsExactlyElementsOf(sorted(loaded.stream()
                            .filter(line -> !NOBODYS.contains(type(line)) && !line.contains("\"Group/"))));
            assertThat(plain(client.export("/Group/first-ten/$export")))
                    .containsExactlyElementsOf(sorted(loaded.stream()
                            .filter(line -> line.contains("\"id\":\"first-ten\"")
                                    || (!type(line).equals("Group") && isOfTheFirstTen(line)))));
        }
    }

    private static String[] options(String storage, String compression) {
        Stream<String> azure = storage.equals("azure")
                ? Stream.of(
                        "--sluice.storage.kind=azure",
                        "--sluice.storage.download=server",
                        "--sluice.storage.azure.connection-string="
                                + AzuriteServer.shared().connectionString())
                : Stream.of();
        return Stream.concat(
                        azure,
                        Stream.of("--sluice.export.compression=" + compression, "--sluice.export.file-size=200KB"))
                .toArray(String[]::new);
    }

    private static boolean isOfTheFirstTen(String line) {
        return line.matches(".*(\"Patient/|\"resourceType\":\"Patient\",\"id\":\")patient-00(0\\d|10)\".*");
    }

    private static String type(String line) {
        return line.substring("{\"resourceType\":\"".length(), line.indexOf('"', 18));
    }

    private static List<String> plain(Export export) {
        return sorted(export.all().stream().map(ExportContract::withoutMeta));
    }

    private static List<String> sorted(Stream<String> lines) {
        return lines.sorted().collect(Collectors.toList());
    }
}
