package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Most values are those of Microsoft's tests. */
class DateShiftTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);

    @ParameterizedTest
    @CsvSource({"123, example, 41", "dummy, '', -21"})
    void theOffsetIsThatOfMicrosoft(String key, String id, int days) {
        assertThat(DateShift.likeMicrosoft(bytes(key)).days(id)).isEqualTo(days);
    }

    @Test
    void theOffsetOfMicrosoftLiesBetweenMinus50And50() {
        DateShift shift = DateShift.likeMicrosoft(bytes("schlüssel"));
        assertThat(offsets(shift)).hasSize(101).contains(-50, 50, 0);
    }

    @Test
    void aKeyedOffsetIsNever0AndAtMost50Days() {
        assertThat(offsets(DateShift.keyed(bytes("key"), false)))
                .hasSize(100)
                .contains(-50, 50)
                .doesNotContain(0);
    }

    @Test
    void aKeyedOffsetInWholeWeeksKeepsTheDayOfTheWeek() {
        assertThat(offsets(DateShift.keyed(bytes("key"), true)))
                .containsExactly(-49, -42, -35, -28, -21, -14, -7, 7, 14, 21, 28, 35, 42, 49);
    }

    @Test
    void aKeyedOffsetFollowsFromTheKeyAndTheId() {
        assertThat(DateShift.keyed(bytes("key"), false).days("p1"))
                .isEqualTo(DateShift.keyed(bytes("key"), false).days("p1"));
        assertThat(IntStream.range(0, 100)
                        .filter(i -> DateShift.keyed(bytes("a"), false).days("p" + i)
                                == DateShift.keyed(bytes("b"), false).days("p" + i))
                        .count())
                .isLessThan(10);
    }

    @Test
    void aFixedOffsetIsTheSameForAll() {
        assertThat(DateShift.fixed(-15).days("p1")).isEqualTo(-15);
        assertThat(DateShift.fixed(-15).days("p2")).isEqualTo(-15);
    }

    @ParameterizedTest
    @CsvSource({
        "2015-02-07, 2015-01-17",
        "2015-02-07T13:28:17-05:00, 2015-01-17T00:00:00-05:00",
        "2015-02-07T13:28:17+05:00, 2015-01-17T00:00:00+05:00",
        "2015-02-07T13:28:17Z, 2015-01-17T00:00:00Z",
        "2015-02-07T13:28:17.12345-05:00, 2015-01-17T00:00:00.00000-05:00",
        "2015-02-07T01:01:01+00:00, 2015-01-17T00:00:00+00:00",
        "2015-02-07T23:59:60Z, 2015-01-17T00:00:00Z",
        "2015-02-07T13:28Z, 2015-01-17T00:00Z",
        "2015-02-07T13:28:17, 2015-01-17T00:00:00",
    })
    void theFormStays(String value, String shifted) {
        int days = DateShift.likeMicrosoft(bytes("dummy")).days("");
        assertThat(DateShift.shift(value, days, TODAY)).isEqualTo(shifted);
    }

    @ParameterizedTest
    @CsvSource({
        "2015-02-07, -50, 2014-12-19",
        "2015-02-07, 50, 2015-03-29",
        "2020-01-17, 50, 2020-03-07",
        "1998-10-02, -50, 1998-08-13",
        "1975-12-26, 50, 1976-02-14",
        "2001-01-01, 41, 2001-02-11",
        "2015-02-07T13:28:47-05:00, 0, 2015-02-07T00:00:00-05:00",
        "1998-10-02T08:47:25+08:00, 2, 1998-10-04T00:00:00+08:00",
        "1936-11-30, 1, 1936-12-01",
    })
    void theDateMoves(String value, int days, String shifted) {
        assertThat(DateShift.shift(value, days, TODAY)).isEqualTo(shifted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2015",
                "2015-02",
                "1925-02-07",
                "1915-03-07T13:28:17-05:00",
                "1936-11-29",
                "2015-02-30",
                "2015-13-01",
                "2015/02/07",
                "2015-02/07",
                "20150207",
                "",
                "Tuesday, the second",
                "2015-02-07 13:28:17",
                "2015-02-07T13:28:17-05:00 Mary",
                "2015-02-07Tnoon",
                "2015-02-07T13:28:17-Mary",
                "٢٠١٥-٠٢-٠٧",
                "9999-12-31",
            })
    void whatCannotBeShiftedIsNotReturned(String value) {
        assertThat(DateShift.shift(value, 5, TODAY)).isNull();
    }

    private static Set<Integer> offsets(DateShift shift) {
        Set<Integer> offsets = new TreeSet<>();
        IntStream.range(0, 5000).forEach(i -> offsets.add(shift.days("patient-" + i)));
        return offsets;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
