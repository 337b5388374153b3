package dev.sluice.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fhir.ResourceType;
import dev.sluice.security.Interaction;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No way of asking widens what a client is registered for. */
class RegisteredScopesTest {
    private static final RegisteredScopes LAKE =
            RegisteredScopes.parse("lake", List.of("system/*.rs system/Patient.cud"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "system/Patient.read | system/Patient.read",
                "system/Patient.rs | system/Patient.rs",
                "system.Patient.read | system.Patient.read",
                "system.all.read | system.all.read",
                "system/Observation.rs?category=laboratory | system/Observation.rs?category=laboratory",
                "system/Patient.cruds | system/Patient.rs system/Patient.cud",
                "system/*.cruds | system/*.rs system/Patient.cud",
                "system/*.* | system/*.rs system/Patient.cud",
                "system/Observation.write system/Patient.r | system/Patient.r",
                "system/Patient.rs system/Patient.rs openid sluice/admin sluice/import user/*.rs | system/Patient.rs",
            })
    void scopesAreGrantedWithinTheRegisteredOnes(String requested, String granted) {
        assertThat(LAKE.grant(RegisteredScopes.split(requested)))
                .containsExactlyElementsOf(List.of(granted.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "system/NotAResource.rs",
                "system/Observation.c",
                "sluice/admin",
                "sluice/import",
                "user/*.rs",
                "system/*.sr",
                "SYSTEM/*.rs",
                "system/*.rs?_id=1",
                "system/Observation.write",
                "patient/Patient.rs",
            })
    void whatIsNotRegisteredIsNotGranted(String requested) {
        assertThat(LAKE.grant(RegisteredScopes.split(requested))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "system/Observation.rs?code=1 | system/*.read | system/Observation.rs?code=1",
                "system/Observation.rs?code=1 | system/Observation.rs | system/Observation.rs?code=1",
                "system/Observation.rs?code=1 | system/Observation.rs?code=2 | system/Observation.rs?code=2&code=1",
                "system/Observation.rs?code=1 | system/Observation.r?code=1 | system/Observation.r?code=1",
                "system/Patient.r | system/Patient.rs | system/Patient.r",
            })
    void restrictionsStay(String registered, String requested, String granted) {
        assertThat(RegisteredScopes.parse("lake", List.of(registered)).grant(List.of(requested)))
                .containsExactly(granted);
    }

    @Test
    void permissionsAreThoseOfTheScopes() {
        RegisteredScopes all = RegisteredScopes.parse("lake", List.of("system/*.cruds", "sluice/import sluice/admin"));

        Permissions reader = all.permissions(List.of("system/Patient.r", "system/Group.s"));
        assertThat(reader.operations()).isEmpty();
        assertThat(reader.allow(Interaction.READ, ResourceType.PATIENT)).isTrue();
        assertThat(reader.allow(Interaction.UPDATE, ResourceType.PATIENT)).isFalse();
        assertThat(all.permissions(List.of("system/Patient.rs")).operations()).containsExactly(Operation.EXPORT);
        assertThat(all.permissions(List.of("sluice/import")).operations())
                .containsExactlyInAnyOrder(Operation.IMPORT, Operation.IMPORT_DELETIONS);
        assertThat(all.permissions(List.of("sluice/admin")).operations()).containsExactly(Operation.ADMINISTER);
        assertThat(LAKE.permissions(List.of("sluice/admin", "system/*.cruds")).operations())
                .containsExactly(Operation.EXPORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"system/Nothing.rs", "launch", "system/*.rs system", "import"})
    void whatIsNoScopeCannotBeRegistered(String scopes) {
        assertThatThrownBy(() -> RegisteredScopes.parse("clients.lake.scopes", List.of(scopes)))
                .hasMessageStartingWith("clients.lake.scopes has '")
                .hasMessageContaining("which is no scope of this server");
        assertThatThrownBy(() -> RegisteredScopes.parse("clients.lake.scopes", List.of()))
                .hasMessageStartingWith("clients.lake.scopes is missing");
    }
}
