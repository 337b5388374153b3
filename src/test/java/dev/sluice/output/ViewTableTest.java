package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.ViewDefinition;
import dev.sluice.view.ViewRowException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that a table cannot have spoil their resource; none becomes another one. */
class ViewTableTest {
    @ParameterizedTest
    @ValueSource(strings = {"0", "0.00", "-0.0", "0e-400", "1e-300", "1.50", "12E3"})
    void numbersOfDoublesAreKept(String number) {
        assertThatCode(() -> decimal(number)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "1e-400, too small for a double",
        "-0.1E-400, too small for a double",
        "1e400, too large or too long for a double"
    })
    void numbersOutsideOfDoublesAreNamed(String number, String fault) {
        assertThatThrownBy(() -> decimal(number))
                .isInstanceOf(ViewRowException.class)
                .hasMessageContaining("the column 'a' has a value that is " + fault);
    }

    @Test
    void longNumbersAreNotRead() {
        assertThatThrownBy(() -> decimal("1." + "0".repeat(1_000))).hasMessageContaining("too long");
        assertThatThrownBy(() -> whole("1." + "0".repeat(39))).hasMessageContaining("no whole number of its size");
        assertThatCode(() -> whole("1." + "0".repeat(38))).doesNotThrowAnyException();
    }

    private static void decimal(String number) {
        row(
                "Observation",
                "value.ofType(Quantity).value",
                "decimal",
                "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":" + number + "}}");
    }

    private static void whole(String number) {
        row(
                "Patient",
                "multipleBirth.ofType(integer)",
                "integer64",
                "{\"resourceType\":\"Patient\",\"multipleBirthInteger\":" + number + "}");
    }

    private static void row(String type, String path, String columnType, String resource) {
        ViewDefinition view = ViewDefinition.of(FhirJson.parseObject(
                ("{\"resource\":\"" + type + "\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"" + path
                                + "\",\"type\":\"" + columnType + "\"}]}]}")
                        .getBytes(UTF_8)));
        ViewTable table = new ViewTable(view.columns());
        byte[] bytes = resource.getBytes(UTF_8);
        view.compile(OwnBases.NONE).rows(bytes, 0, bytes.length, table);
    }
}
