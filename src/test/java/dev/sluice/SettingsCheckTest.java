package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SettingsCheckTest {
    private static final SettingsCheck CHECK = new SettingsCheck(SettingsTest.settings());

    @Test
    void knownKeysInAllTheirFormsAreTaken() {
        assertThatCode(() -> check(Map.of(
                        "sluice.export.stall-limit", "30s",
                        "sluice.export.stallLimit", "PT1H",
                        "sluice.export.file_size", "64MB",
                        "sluice.storage.azure.block-md5", "false",
                        "sluice.security.clients.lake.max-open-jobs", "2",
                        "sluice.security.clients[Lake.1].jwksUrl", "https://lake.example.org/jwks.json",
                        "sluice.security.clients.lake.groups[0]", "1",
                        "spring.lifecycle.timeout-per-shutdown-phase", "7")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sluice.export.compresion | did you mean 'sluice.export.compression'?",
                "sluice.storage.azure.timeot | did you mean 'sluice.storage.azure.timeout'?",
                "sluice.export.retention.more | does not exist",
                "sluice.security.clients.lake.jwks-ulr | does not exist",
                "sluice.security.clients.lake | does not exist",
                "sluice.entirely-different | docs/configuration.md lists the settings",
            })
    void anUnknownKeyIsRefusedWithTheNearestName(String key, String sentence) {
        assertThatThrownBy(() -> check(Map.of(key, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The setting " + key + " does not exist")
                .hasMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource({"SLUICE_EXPORT_FILE_SIZE", "SLUICE_EXPORT_FILESIZE", "sluice_seal_size"})
    void environmentVariablesOfKnownKeysAreTaken(String variable) {
        assertThatCode(() -> checkVariables(Map.of(variable, "1MB"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "SLUICE_SERVICE_HOST, 10.0.0.1",
        "SLUICE_SERVICE_PORT_HTTP, 8080",
        "SLUICE_PORT, tcp://10.0.0.1:8080",
        "SLUICE_PORT_8080_TCP_ADDR, 10.0.0.1",
        "SLUICE_POSTGRES_SERVICE_HOST, 10.0.0.2"
    })
    void addressesOfServicesThatKubernetesTellsAreNoSettings(String variable, String value) {
        assertThatCode(() -> checkVariables(Map.of(variable, value))).doesNotThrowAnyException();
    }

    @Test
    void anUnknownVariableIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> checkVariables(Map.of("SLUICE_EXPORT_RETENTOIN", "1s")))
                .hasMessage(
                        "The setting SLUICE_EXPORT_RETENTOIN does not exist; did you mean 'SLUICE_EXPORT_RETENTION'?");
    }

    @Test
    void amountsWithoutAUnitAreRefusedWithAnExampleAndAllFaultsAreToldAtOnce() {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("sluice.export.retention", "7");
        given.put("sluice.export.file-size", "-64");
        given.put("sluice.exprot.retention", "7d");

        assertThatThrownBy(() -> check(given))
                .hasMessageContaining(
                        "sluice.export.retention is '7', a number without a unit; write it with one, such as 7d.")
                .hasMessageContaining("sluice.export.file-size is '-64', a number without a unit")
                .hasMessageContaining("The setting sluice.exprot.retention does not exist");
    }

    @Test
    void theEmbeddedDatabaseIsNotForOtherMachines() {
        String open = "sluice.security.allow-open";

        assertThatThrownBy(() -> check(Map.of(open, "true")))
                .hasMessageStartingWith(open)
                .hasMessageContaining("name it in spring.datasource.url");
        assertThatCode(() -> check(Map.of(open, "true", "spring.datasource.url", "jdbc:postgresql://db/sluice")))
                .doesNotThrowAnyException();
    }

    /** With what {@code application.yaml} gives. */
    private static StandardEnvironment environment() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "application.yaml", Map.of("sluice.home", "home", "sluice.storage.local.root", "home/blobs")));
        return environment;
    }

    private static void check(Map<String, Object> given) {
        StandardEnvironment environment = environment();
        environment.getPropertySources().addFirst(new MapPropertySource("commandLineArgs", given));
        CHECK.check(environment);
    }

    private static void checkVariables(Map<String, Object> given) {
        StandardEnvironment environment = environment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, given));
        assertThat(environment.getPropertySources()).isNotEmpty();
        CHECK.check(environment);
    }
}
