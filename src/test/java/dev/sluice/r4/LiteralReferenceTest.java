package dev.sluice.r4;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "Patient/1, '', Patient, 1,",
        "Patient/1/_history/2, '', Patient, 1, 2",
        "Patient/a.B-9, '', Patient, a.B-9,",
        "https://host/fhir/Patient/1, https://host/fhir, Patient, 1,",
        "http://host:8080/a/b/Observation/x/_history/7, http://host:8080/a/b, Observation, x, 7",
    })
    void aLiteralReferenceHasABaseATypeAnIdAndPerhapsAVersion(
            String text, String base, String type, String id, @Nullable String version) {
        LiteralReference reference = read(text);

        assertThat(reference.base()).isEqualTo(base);
        assertThat(reference.type().name()).isEqualTo(type);
        assertThat(reference.id()).isEqualTo(id);
        assertThat(reference.version()).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "1",
                "#p1",
                "Patient",
                "Patient/",
                "/1",
                "/Patient/1",
                "Patient/1/",
                "Patient//1",
                "Patient/1/_history/",
                "Patient/1/_history/a b",
                "Patient/1#part",
                "Patient/1 ",
                "patient/1",
                "Patients/1",
                "Patient?identifier=a|b",
                "Patient?identifier=http://host/Patient/1",
                "urn:uuid:6f1c7b3e-2d0b-4a27-9d2f-0f6a3a1c0001",
                "urn:x/Patient/1",
                "ftp://host/Patient/1",
                "Bundle/1/Patient/2",
                "Patient/0123456789012345678901234567890123456789012345678901234567890123456789",
            })
    void anythingElseIsNone(String text) {
        assertThat(LiteralReference.parse(text)).isNull();
    }

    @Test
    void anAbsoluteReferenceIsLocalOnlyBelowTheServersOwnBase() {
        assertThat(read("Patient/1").isLocal(base -> false)).isTrue();
        assertThat(read("https://a/fhir/Patient/1").isLocal("https://a/fhir"::equals))
                .isTrue();
        assertThat(read("https://b/fhir/Patient/1").isLocal("https://a/fhir"::equals))
                .isFalse();
    }

    private static LiteralReference read(String text) {
        return Objects.requireNonNull(LiteralReference.parse(text), text);
    }
}
