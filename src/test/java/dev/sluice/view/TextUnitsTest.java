package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.OwnBases;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places in texts are those of HAPI's engine, also behind characters that take two units of UTF-16. */
class TextUnitsTest {
    private static final String PATIENT =
            "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"a\uD83D\uDE00bc\",\"given\":[\"\uD83D\uDE00\"]}]}";

    private final ViewOracle oracle = new ViewOracle();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name.family.length()",
                "name.family.indexOf('b')",
                "name.family.indexOf('x')",
                "name.family.substring(3)",
                "name.family.substring(3, 1)",
                "name.family.substring(0, 3)",
                "name.family.substring(5)",
                "name.given.length()",
                "name.family.replace('b', 'x')",
                "name.family.upper()"
            })
    void unitsAreThoseOfHapi(String path) {
        assertThat(values(path)).isEqualTo(oracle.values(path, PATIENT));
    }

    private static List<String> values(String path) {
        String view =
                "{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"" + path + "\"}]}]}";
        List<String> values = new ArrayList<>();
        byte[] bytes = PATIENT.getBytes(UTF_8);
        ViewDefinition.of(FhirJson.parseObject(view.getBytes(UTF_8)))
                .compile(OwnBases.NONE)
                .rows(bytes, 0, bytes.length, row -> {
                    for (int i = 0; i < row.size(0); i++) {
                        Object value = row.computed(0, i);
                        values.add(
                                value instanceof String text
                                        ? FhirJson.MAPPER
                                                .getNodeFactory()
                                                .stringNode(text)
                                                .toString()
                                        : String.valueOf(value));
                    }
                });
        return values;
    }
}
