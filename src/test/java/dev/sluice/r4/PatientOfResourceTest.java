package dev.sluice.r4;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonTape;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatientOfResourceTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Patient ~ "id":"p"
            Observation ~ "performer":[{"reference":"Patient/q"}],"subject":{"reference":"Patient/p"}
            Observation ~ "subject":{"reference":"https://host/fhir/Patient/p/_history/1"}
            Task ~ "for":{"reference":"Patient/p"}
            GuidanceResponse ~ "subject":{"reference":"Patient/p"}
            Device ~ "patient":{"reference":"Patient/p"}
            Contract ~ "subject":[{"reference":"Group/q"},{"reference":"Patient/p"}]
            VerificationResult ~ "target":[{"reference":"Patient/p"}]
            BiologicallyDerivedProduct ~ "collection":{"source":{"reference":"Patient/p"}}
            MedicinalProductAuthorization ~ "subject":{"reference":"Patient/p"}
            Library ~ "subjectReference":{"reference":"Patient/p"}
            """)
    void findsThePatient(String type, String members) {
        assertThat(find(type, members)).isEqualTo("p");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            Task ~ "owner":{"reference":"Patient/p"}
            Observation ~ "subject":{"identifier":{"value":"p"}}
            Observation ~ "subject":{"reference":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}
            Device ~ "patient":{"reference":"Group/p"}
            Organization ~ "id":"p"
            """)
    void otherResourcesHaveNone(String type, String members) {
        assertThat(find(type, members)).isNull();
    }

    private static @Nullable String find(String type, String members) {
        byte[] json = ("{\"resourceType\":\"" + type + "\"," + members + "}").getBytes(UTF_8);
        JsonTape tape = new JsonTape();
        tape.read(json, 0, json.length);
        return PatientOfResource.find(tape, 0, ResourceType.of(type));
    }
}
