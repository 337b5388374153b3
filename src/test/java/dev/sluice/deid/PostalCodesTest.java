package dev.sluice.deid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Most values are those of Microsoft's tests. */
class PostalCodesTest {
    @ParameterizedTest
    @CsvSource({
        "98052, 98000",
        "10104, 10100",
        "20301, 00000",
        "55602, 00000",
        "98028-1830, 98000-0000",
        "20301-1830, 00000-0000",
        "12, 12",
        "SW1A 1AA, SW1A 0AA",
        "123٤٥, 12300",
        "'', ''",
    })
    void theAreaRemains(String code, String area) {
        assertThat(PostalCodes.area(code, List.of("203", "556"))).isEqualTo(area);
    }
}
