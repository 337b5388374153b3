package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmark.Scenario.Group;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChartsTest {
    @Test
    void barsHaveTheirScenariosRatesAndKinds() {
        Map<Scenario, Series> measured = new LinkedHashMap<>();
        measured.put(scenario("", "COPY, 1 stream"), series(1_000_000, 4));
        measured.put(scenario("local", "`system`, 2 workers"), series(1_000_000, 2));

        Map<String, String> charts = Charts.of(new Report(List.of(), measured, Map.of(), List.of()));

        assertThat(charts).containsOnlyKeys("exports.svg");
        assertThat(charts.get("exports.svg"))
                .startsWith("<?xml")
                .contains("<svg", ">" + Group.EXPORTS.title + "<", ">COPY, 1 stream<", ">system, 2 workers<")
                .contains(">250,000<", ">500,000<", ">Sluice<", ">the bound: without Sluice<");
    }

    @Test
    void linesOfGrowthHaveAllSizes() {
        List<GrowthBenchmark.Step> steps = List.of(step(10_000), step(100_000));

        Map<String, String> charts = Charts.of(new Report(List.of(), Map.of(), Map.of(), steps));

        assertThat(charts).containsOnlyKeys("growth.svg", "memory.svg");
        assertThat(charts.get("growth.svg")).contains(">export<", ">import<", ">COPY to a file<");
        assertThat(charts.get("memory.svg")).contains(">10,000 resources<", ">100,000 resources<");
    }

    private static Scenario scenario(String server, String title) {
        return new Scenario(title, Group.EXPORTS, title, server, () -> Scenario.Done.of(0, 0, () -> {}), List.of());
    }

    private static GrowthBenchmark.Step step(long resources) {
        List<MemoryMonitor.Sample> memory =
                List.of(new MemoryMonitor.Sample(0, 4e8), new MemoryMonitor.Sample(100, 5e8));
        return new GrowthBenchmark.Step(
                resources,
                800 * resources,
                new Measurement(resources / 1e4, resources, 0, 0, 0, 0),
                series(resources, resources / 1e6),
                series(resources, resources / 2e6),
                4e8,
                5e8,
                memory);
    }

    private static Series series(long resources, double seconds) {
        Series series = new Series();
        series.add(new Measurement(seconds, resources, 0, 0, 0, 0));
        return series;
    }
}
