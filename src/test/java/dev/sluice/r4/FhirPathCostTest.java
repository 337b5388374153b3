package dev.sluice.r4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which expressions of a user are refused, since they could take much time or memory. */
@Timeout(60)
class FhirPathCostTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '"', textBlock = """
            1.5.round(99999999)                                                      ~ round() needs a number
            1.5.round(20 + 99999979)                                                 ~ round() needs a number
            1.5.round('99999999'.toInteger())                                        ~ round() needs a number
            1.5.highBoundary(99999999)                                               ~ highBoundary() is not supported
            1.5.lowBoundary(99999999)                                                ~ lowBoundary() is not supported
            '1e99999999'.toDecimal() + 1                                             ~ calculates with the result
            ('1e9' & '99999999').toDecimal().round(2)                                ~ calculates with the result
            $this.iif(true,$this+$this).iif(true,$this+$this).iif(true,$this+$this).iif(true,$this+$this).iif(true,$this+$this) ~ too long
            $this.split('').join($this)                                              ~ too long
            today()                                                                  ~ today() is not supported
            now().toString()                                                         ~ now() is not supported
            Patient.name.where(-                                                     ~ FHIRPath expression
            """)
    void isRefused(String expression, String reason) {
        assertThatThrownBy(() -> FhirPath.check(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '"', textBlock = """
            $this.round(2)                                ~ decimal ~ 1.005 ~ 1.01
            $this.toString().substring(0,1) & '***'       ~ string  ~ Ann   ~ A***
            $this.iif($this > 89, 90, $this)              ~ integer ~ 97    ~ 90
            iif($this.toDecimal() > 5, 'high', 'low')     ~ string  ~ 7     ~ high
            $this.split(' ').select($this & '.').join('') ~ string  ~ a b   ~ a.b.
            """)
    void isEvaluated(String expression, String type, String value, String result) {
        FhirPath.check(expression);

        assertThat(FhirPathExpression.of(expression).result(type, value)).isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999", "1E-99999999", "1e999999999999"})
    void aNumberOfManyDigitsIsRefused(String value) {
        assertThatThrownBy(() -> FhirPathExpression.of("$this + 1").result("decimal", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("9999");
    }
}
