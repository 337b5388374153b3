package dev.sluice.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SamplePopulation;
import dev.sluice.SluiceServer;
import org.junit.jupiter.api.Test;

@IntegrationTest
class DemoLoaderTest {
    @Test
    void everyResourceOfTheSampleIsExported() {
        try (SluiceServer server = SluiceServer.start("--sluice.demo=true")) {
            assertThat(new ExportClient(server).export("/$export").keys())
                    .hasSize(6_910)
                    .containsExactlyInAnyOrderElementsOf(SamplePopulation.ofPatients(100).stream()
                            .map(resource -> ExportClient.key(resource.toString()))
                            .toList());
        }
    }
}
