package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.DoubleSummaryStatistics;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers and their bounds are those of Microsoft's tests. */
class PerturbationTest {
    private final Noise noise = new Noise("key".getBytes(UTF_8));

    @ParameterizedTest
    @CsvSource({
        "INTEGER, 5, fixed, 0, 0, 5, 5",
        "DECIMAL, 5.0, fixed, 0, 2, 5, 5",
        "DECIMAL, 5.234, fixed, 6, 2, 2.23, 8.23",
        "DECIMAL, 12e-2, fixed, 2, 2, -0.88, 1.12",
        "INTEGER, 5, proportional, 0, 0, 5, 5",
        "INTEGER, 5, proportional, 0.4, 0, 4, 6",
        "DECIMAL, 5, proportional, 2, 2, 0, 10",
        "DECIMAL, 5.234, proportional, 1, 2, 2.62, 7.85",
        "DECIMAL, 12e-2, proportional, 4, 2, -0.12, 0.36",
        "INTEGER, 100, fixed, 0, 0, 100, 100",
        "UNSIGNED_INT, 5000, fixed, 100, 2, 4950, 5050",
        "POSITIVE_INT, 1000000, fixed, 2000, 2, 999000, 1001000",
        "UNSIGNED_INT, 10, fixed, 40, 0, 0, 30",
        "POSITIVE_INT, 1, fixed, 200, 2, 1, 101",
        "UNSIGNED_INT, 5000, proportional, 0.02, 2, 4950, 5050",
        "POSITIVE_INT, 1000000, proportional, 0.002, 2, 999000, 1001000",
        "UNSIGNED_INT, 10, proportional, 4, 0, 0, 30",
        "POSITIVE_INT, 1, proportional, 200, 2, 1, 101",
        "DECIMAL, 1024.12345678, fixed, 0.00002, 4, 1024.1234, 1024.1235",
        "DECIMAL, 0.0001, fixed, 0.00002, 2, 0, 0",
        "DECIMAL, 7000.12345678, fixed, 2000, 4, 6000.1235, 8000.1235",
        "DECIMAL, 25162.1378, fixed, 2.26, 2, 25161.01, 25163.27",
        "DECIMAL, 1024.12345678, proportional, 0.2, 4, 921.7111, 1126.5358",
        "DECIMAL, 0.0001, proportional, 2000, 2, -0.1, 0.1",
        "DECIMAL, 100, proportional, 2000, 4, -99900, 100100",
        "DECIMAL, 25162.1378, proportional, 1, 2, 12581.07, 37743.21",
        "DECIMAL, -10, proportional, 1, 2, -15, -5",
        "INTEGER, 2147483647, fixed, 1000, 2, 2147483147, 2147483647",
    })
    void theResultLiesWithinTheSpan(
            Perturbation.Type type,
            String number,
            String range,
            BigDecimal span,
            int roundTo,
            BigDecimal low,
            BigDecimal high) {
        Perturbation perturbation = new Perturbation(span, range.equals("proportional"), roundTo);
        for (int i = 0; i < 200; i++) {
            BigDecimal result = new BigDecimal(perturbation.apply(number, type, noise.at("Patient/" + i, "path")));
            assertThat(result).isBetween(low, high);
            assertThat(result.scale()).isLessThanOrEqualTo(type == Perturbation.Type.DECIMAL ? roundTo : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 97.5", "0.25, 98.75", "0.5, 100.0", "0.75, 101.25", "0.9998, 102.50"})
    void theNoiseReachesBothEnds(double place, String result) {
        assertThat(new Perturbation(BigDecimal.valueOf(5), false, 2).apply("100.0", Perturbation.Type.DECIMAL, place))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1E+999999999", "1E-999999999", "1E999999999999", "", "many", "NaN", "1E2147483647"})
    void aNumberThatWouldTakeMuchMemoryIsRemoved(String number) {
        assertThat(new Perturbation(BigDecimal.ONE, true, 28).apply(number, Perturbation.Type.DECIMAL, 0.1))
                .isNull();
    }

    @Test
    void aLongNumberIsRemoved() {
        assertThat(new Perturbation(BigDecimal.ONE, true, 28)
                        .apply("1".repeat(1_000_000), Perturbation.Type.DECIMAL, 0.1))
                .isNull();
    }

    @Test
    void anExponentIsWrittenAsDigits() {
        assertThat(new Perturbation(BigDecimal.ZERO, false, 2).apply("12E3", Perturbation.Type.DECIMAL, 0.1))
                .isEqualTo("12000");
    }

    @Test
    void theNoiseIsTheSameAtEachRunAndAnotherAtEachPlace() {
        assertThat(noise.at("Patient/1", "a")).isEqualTo(new Noise("key".getBytes(UTF_8)).at("Patient/1", "a"));
        assertThat(noise.at("Patient/1", "a"))
                .isNotEqualTo(noise.at("Patient/1", "b"))
                .isNotEqualTo(noise.at("Patient/2", "a"))
                .isNotEqualTo(new Noise("other".getBytes(UTF_8)).at("Patient/1", "a"));
    }

    @Test
    void theNoiseIsUniform() {
        DoubleSummaryStatistics all = IntStream.range(0, 20_000)
                .mapToDouble(i -> noise.at("Patient/" + i, "path"))
                .summaryStatistics();
        assertThat(all.getMin()).isBetween(0.0, 0.001);
        assertThat(all.getMax()).isBetween(0.999, Math.nextDown(1.0));
        assertThat(all.getAverage()).isBetween(0.49, 0.51);
    }
}
