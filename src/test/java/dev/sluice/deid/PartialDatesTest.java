package dev.sluice.deid;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many values are those of Microsoft's tests. */
class PartialDatesTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);

    @ParameterizedTest
    @CsvSource({
        "2015, 2015",
        "2015-02, 2015",
        "2015-02-07, 2015",
        "2015-02-07T13:28:17-05:00, 2015",
        "2015-13-45, 2015",
        "1936-11-30, 1936",
        "1936-12, 1936",
        "1937, 1937",
        "2150-01-01, 2150",
    })
    void theYearRemains(String value, String year) {
        assertThat(PartialDates.year(value, TODAY)).isEqualTo(year);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1925-02-07",
                "1925-02-07T13:28:17-05:00",
                "1936-11-29",
                "1936-11",
                "1936",
                "1936-13-30",
                "0000",
                "",
                "15",
                "2015Mary",
                "Mary 2015",
                "20150207",
                "２０１５-02-07",
            })
    void nothingRemainsOfAHighAgeNorOfAnotherText(String value) {
        assertThat(PartialDates.year(value, TODAY)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"89, false", "35, false", "57.5, false", "0.89e2, false", "90, true", "89.5, true", "101, true"})
    void agesAbove89(String age, boolean above) {
        assertThat(PartialDates.isOver89(age)).isEqualTo(above);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "old", "1E+999999999", "00000000000000000000000000000000000000000000000000001"})
    void whatIsNoAgeCountsAsAHighOne(String age) {
        assertThat(PartialDates.isOver89(age)).isTrue();
    }
}
