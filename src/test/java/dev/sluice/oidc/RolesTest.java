package dev.sluice.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.ResourceType;
import dev.sluice.security.Interaction;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolesTest {
    private static final ResourceType CONDITION = ResourceType.of("Condition");

    @ParameterizedTest
    @ValueSource(strings = {"globalReader", "globalImporter", "globalWriter"})
    void aRoleThatDoesNotExportAddsNothingToWhatAnotherOneExports(String role) {
        Permissions permissions = Roles.permissions(List.of(role, "system.Patient.rs"));

        assertThat(permissions.exportable()).isEqualTo(Map.of(ResourceType.PATIENT, List.of()));
        assertThat(permissions.allow(Interaction.READ, CONDITION)).isTrue();
        assertThat(permissions.allow(Interaction.SEARCH, CONDITION)).isTrue();
        assertThat(permissions.allow(Interaction.DELETE, CONDITION)).isEqualTo(role.equals("globalWriter"));
        assertThat(Roles.permissions(List.of(role)).allow(Operation.EXPORT)).isFalse();
        assertThat(Roles.permissions(List.of(role)).exportable()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"globalExporter", "globalAdmin"})
    void aRoleThatExportsExportsEverything(String role) {
        assertThat(Roles.permissions(List.of(role)).exportable()).isNull();
    }

    @Test
    void aReaderWithARoleForAPartOfATypeExportsThisPart() {
        assertThat(Roles.permissions(List.of("globalReader", "system/Patient.rs?gender=male"))
                        .exportable())
                .isEqualTo(Map.of(ResourceType.PATIENT, List.of("gender=male")));
    }
}
