package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.benchmark.Scenario.By;
import dev.sluice.benchmark.Scenario.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The parts of the benchmark that need no server: how figures are put together, and where they go. */
class BenchmarkPageTest {
    @Test
    void thePageHasAPlaceForEverySection() throws IOException {
        String page = Files.readString(Path.of("docs", "benchmark.md"));

        Stream.concat(Stream.of(Group.values()).map(Group::key), Stream.of(GrowthBenchmark.NAME))
                .forEach(section -> assertThat(BenchmarkPage.fill(page, section, "figures of a run\n"))
                        .contains("<!-- figures: " + section + " -->\nfigures of a run\n<!-- end of figures -->"));
    }

    @Test
    void figuresOfOneSectionLeaveTheOthersAlone() {
        String page = """
                a
                <!-- figures: one -->
                old
                <!-- end of figures -->
                b
                <!-- figures: two -->
                old
                <!-- end of figures -->
                """;

        assertThat(BenchmarkPage.fill(page, "two", "new\n")).isEqualTo("""
                        a
                        <!-- figures: one -->
                        old
                        <!-- end of figures -->
                        b
                        <!-- figures: two -->
                        new
                        <!-- end of figures -->
                        """);
        assertThatThrownBy(() -> BenchmarkPage.fill(page, "three", "new\n")).hasMessageContaining("three");
    }

    @Test
    void thePageNamesEveryOption() throws IOException {
        String page = Files.readString(Path.of("docs", "benchmark.md"));

        assertThat(page)
                .contains("-Dbench.patients", "-Dbench.data", "-Dbench.database", "-Dbench.rounds", "-Dbench.only")
                .contains("-Dbench.warmup", "-Dbench.sizes", "-Dbench.heap", "-Dbench.write");
    }

    @Test
    void ratiosAreThoseOfTheSameRound() {
        Series export = series(2, 40, 6);
        Series bound = series(1, 10, 4);

        assertThat(export.ratios(bound, By.TIME)).containsExactly(new double[] {2, 4, 1.5}, within(1e-9));
        assertThat(export.median(Measurement::seconds)).isEqualTo(6);
        assertThat(Series.median(1, 2, 3, 10)).isEqualTo(2.5);
    }

    private static Series series(double... seconds) {
        Series series = new Series();
        for (double one : seconds) {
            series.add(new Measurement(one, 10, 1_000, 0, 0, 0));
        }
        return series;
    }
}
