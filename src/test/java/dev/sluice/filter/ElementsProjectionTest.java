package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElementsProjectionTest {
    private static final String MARK =
            "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"SUBSETTED\"}";
    private static final String OWN = "{\"code\":\"tag\",\"display\":\"\\\"tag\\\":[]\"}";

    private final ElementsProjection elements = new ElementsProjection(Set.of("resourceType", "id", "meta", "value"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'versionId':'1'} | {'versionId':'1','tag':[MARK]}",
                "{'versionId':'1','source':'a\\\"tag'} | {'versionId':'1','source':'a\\\"tag','tag':[MARK]}",
                "{'versionId':'1','extension':[{'tag':1.00}]} | {'versionId':'1','extension':[{'tag':1.00}],'tag':[MARK]}",
                "{'tag':[OWN],'versionId':'1'} | {'tag':[OWN,MARK],'versionId':'1'}",
                "{'tag':[MARK],'versionId':'1'} | {'tag':[MARK],'versionId':'1'}",
                "{'tag':[OWN,MARK],'versionId':'1'} | {'tag':[OWN,MARK],'versionId':'1'}",
                "{'tag':[],'versionId':'1'} | {'tag':[MARK],'versionId':'1'}",
                "{'x':10.0e3,'tag':[{'y':1E+5,'z':'\\u00e9\\/'}],'w':1E1000} | {'x':10.0e3,'tag':[{'y':1E+5,'z':'\\u00e9\\/'},MARK],'w':1E1000}",
                "{'tag':[DEEP],'versionId':'1'} | {'tag':[DEEP,MARK],'versionId':'1'}",
            })
    void theMarkComesAfterTheTagsThatAreThere(String before, String after) {
        String line = "{\"resourceType\":\"X\",\"id\":\"1\",\"meta\":%s,\"text\":{\"meta\":[\"}\"]},\"value\":1.50}";

        byte[] framed = ("\"{" + line.formatted(json(before)) + "}").getBytes(UTF_8);

        assertThat(new String(elements.of(framed, 2, framed.length - 3, odd -> {}), UTF_8))
                .isEqualTo(line.formatted(json(after)).replace(",\"text\":{\"meta\":[\"}\"]}", ""));
    }

    private static String json(String text) {
        return text.replace('\'', '"')
                .replace("DEEP", "[".repeat(900) + "]".repeat(900))
                .replace("MARK", MARK)
                .replace("OWN", OWN);
    }
}
