package dev.sluice.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What counts as growth, and what as a difference of an export. */
class SoakReportTest {
    private static final KeptResources KEPT = new KeptResources();

    @Test
    void growthUntilTheEndIsFound() {
        assertThat(growth(minute -> 500 + minute)).containsExactly("resident memory, MB: from 523 to 553");
    }

    @Test
    void whatLevelsOffOrHasPeaksIsFlat() {
        assertThat(growth(minute -> Math.min(580, 400 + 20 * minute))).isEmpty();
        assertThat(growth(minute -> minute % 5 < 1 ? 900 : 580)).isEmpty();
    }

    @Test
    void lostAndDoubledLinesAreFound() {
        List<String> lines = KEPT.ofPatients(n -> n == 3);
        List<String> exported = lines.stream()
                .map(line -> line.replaceFirst(
                        "\"id\":\"[^\"]+\",",
                        "$0\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2024-01-01T00:00:00.000Z\"},"))
                .toList();

        assertThat(lines).hasSize(11);
        assertThat(KeptResources.difference(lines, exported)).isEmpty();
        assertThat(KeptResources.difference(lines, exported.subList(1, 11))).startsWith("lacks {\"resourceType\":");
        assertThat(KeptResources.difference(lines.subList(1, 11), exported)).startsWith("has too often");
        assertThat(KeptResources.difference(lines.subList(1, 11), lines)).startsWith("has too often");
    }

    private static List<String> growth(DoubleUnaryOperator resident) {
        List<Sample> samples = IntStream.rangeClosed(0, 360)
                .mapToObj(n -> new Sample(n / 6.0, Map.of(Measure.RESIDENT, resident.applyAsDouble(n / 6.0))))
                .toList();
        return new SoakReport(samples, List.of(1.0), new Tally(), 0, 60).growth();
    }
}
