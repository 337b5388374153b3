package dev.sluice.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "d?azure.clientSecret=x&a=b    | d?azure.clientSecret=…&a=b",
                "d?sslpassword=x&a=b           | d?sslpassword=…&a=b",
                "client_secret=x a             | client_secret=… a",
                "d?user=u&PASSWORD=x;'\"y&a=b | d?user=u&PASSWORD=…&a=b",
                "AccountKey=x;Blob             | AccountKey=…;Blob",
                "b?sp=r&sig=x%2F               | b?sp=r&sig=…",
                "design=a, user=u              | design=a, user=u",
                "jdbc:postgresql://u:x@h/d     | jdbc:postgresql://…@h/d",
                "jdbc:postgresql://h:1/d?a=b@c | jdbc:postgresql://h:1/d?a=b@c"
            })
    void onlyValuesOfSecretsAreTakenOut(String text, String masked) {
        assertThat(Secrets.masked(text)).isEqualTo(masked);
    }
}
