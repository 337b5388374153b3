package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleModelTest {
    private static final ScaleModel MODEL = new ScaleModel(0.1, 1e-6, 2e-9);

    @Test
    void theConstantsOfExactTimesAreFound() {
        ScaleModel fitted = ScaleModel.fit(
                point(0, 0), List.of(point(100_000, 30_000_000), point(50_000, 90_000_000), point(1_000_000, 1e9)));

        assertThat(fitted.perRow()).isCloseTo(MODEL.perRow(), within(1e-9));
        assertThat(fitted.perByte()).isCloseTo(MODEL.perByte(), within(1e-12));
        assertThat(fitted.seconds(1e7, 1e10)).isCloseTo(MODEL.seconds(1e7, 1e10), within(1e-6));
    }

    @Test
    void noConstantIsNegative() {
        ScalePoint quick = new ScalePoint("", 100_000, 1_000_000, 0.2, 0, 0, 1, 1, 0);
        ScalePoint large = new ScalePoint("", 100_000, 9_000_000, 0.1, 0, 0, 1, 1, 0);

        ScaleModel fitted = ScaleModel.fit(point(0, 0), List.of(quick, large));

        assertThat(fitted.perByte()).isZero();
        assertThat(fitted.perRow()).isPositive();
    }

    private static ScalePoint point(double rows, double bytes) {
        return new ScalePoint("", (long) rows, (long) bytes, MODEL.seconds(rows, bytes), 0, 0, 1, 1, 0);
    }
}
