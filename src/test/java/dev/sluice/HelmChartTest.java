package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/** The Helm chart, rendered by Helm's own library and read by the model of the Kubernetes API. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "paths of charts have no drive letters")
class HelmChartTest {
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "ConfigMap", ConfigMap.class,
            "Deployment", Deployment.class,
            "Ingress", Ingress.class,
            "Job", Job.class,
            "NetworkPolicy", NetworkPolicy.class,
            "PodDisruptionBudget", PodDisruptionBudget.class,
            "Service", Service.class,
            "ServiceAccount", ServiceAccount.class);

    /** Kinds of other projects, which the model does not have. */
    private static final List<String> OTHER_KINDS =
            List.of("ScaledObject", "TriggerAuthentication", "ServiceMonitor", "PodMonitor");

    /** Refuses a field that Kubernetes does not know; its model would keep it as an additional property. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                    return false;
                }
            })
            .build();

    private static final Map<String, Object> REQUIRED = Map.of(
            "baseUrl", "https://fhir.example.org/fhir",
            "database.url", "jdbc:postgresql://db.example.org:5432/sluice",
            "database.username", "sluice",
            "database.existingSecret", "sluice-database",
            "storage.azure.accountUrl", "https://account.blob.core.windows.net");

    private static final Map<String, Object> EVERYTHING = with(Map.of(
            "worker.keda.enabled", true,
            "worker.keda.host", "db.example.org",
            "worker.keda.database", "sluice",
            "job.enabled", true,
            "serviceMonitor.enabled", true,
            "serviceMonitor.tokenSecret", "metrics",
            "api.ingress.enabled", true,
            "api.ingress.host", "fhir.example.org",
            "api.ingress.tlsSecret", "fhir-tls"));

    private static List<Map<String, Object>> all;

    @BeforeAll
    static void render() {
        all = rendered(EVERYTHING);
    }

    @Test
    void hasNothingToLint() {
        assertThat(new Helm(chart()).lint().strict().call().getMessages())
                .isEqualTo(List.of("[INFO] Chart.yaml: icon is recommended"));
    }

    @Test
    void hasOnlyFieldsThatKubernetesKnows() {
        assertThat(all).hasSizeGreaterThan(9).allSatisfy(resource -> {
            String kind = String.valueOf(resource.get("kind"));
            if (!OTHER_KINDS.contains(kind)) {
                assertThat(KINDS).containsKey(kind);
                HasMetadata read = STRICT.convertValue(resource, Objects.requireNonNull(KINDS.get(kind)));
                assertThat(resource).containsEntry("apiVersion", read.getApiVersion());
            }
        });
    }

    @Test
    void podsHaveNoPrivileges() {
        assertThat(pods()).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            Container container = pod.getContainers().get(0);
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
            assertThat(container.getResources().getLimits()).containsKey("memory");
            assertThat(container.getPorts().isEmpty())
                    .as("no port, no probe")
                    .isEqualTo(container.getStartupProbe() == null);
        });
    }

    @Test
    void secretsAreReferences() {
        assertThat(pods())
                .allSatisfy(pod -> assertThat(pod.getContainers().get(0).getEnv())
                        .filteredOn(variable -> variable.getName().contains("PASSWORD"))
                        .isNotEmpty()
                        .allSatisfy(variable -> {
                            assertThat(variable.getValue()).isNull();
                            assertThat(variable.getValueFrom().getSecretKeyRef().getName())
                                    .isEqualTo("sluice-database");
                        }));
    }

    /** A server refuses an unknown key, so a wrong name in the chart would keep each pod from starting. */
    @Test
    void settingsAreThoseOfTheServer() throws IOException {
        List<Map<String, Object>> withMore = rendered(with(Map.of(
                "settings.sluice\\.security\\.mode", "smart",
                "secretSettings[0].setting", "sluice.storage.azure.connection-string",
                "secretSettings[0].secret", "storage",
                "secretSettings[0].key", "connection")));
        ConfigMap map = STRICT.convertValue(
                withMore.stream()
                        .filter(resource -> "ConfigMap".equals(resource.get("kind")))
                        .findFirst()
                        .orElseThrow(),
                ConfigMap.class);
        List<String> keys = map.getData()
                .getOrDefault("settings.properties", "")
                .lines()
                .map(line -> line.substring(0, line.indexOf('=')))
                .toList();
        String documented = Files.readString(Path.of("docs/configuration.md"));
        assertThat(keys)
                .contains("sluice.base-url", "sluice.security.mode", "spring.datasource.url")
                .filteredOn(key -> key.startsWith("sluice."))
                .allMatch(key -> documented.contains("`" + key + "`"));
        assertThat(variables(withMore))
                .contains("SLUICE_STORAGE_AZURE_CONNECTIONSTRING", "SPRING_DATASOURCE_PASSWORD", "SLUICE_ROLE");
    }

    @Test
    void valuesAreThoseThatWereGiven() throws IOException {
        ConfigMap map = STRICT.convertValue(
                rendered(with(Map.of(
                                "settings.sluice\\.export\\.max-bytes-per-second",
                                10_000_000,
                                "settings.sluice\\.storage\\.local\\.root",
                                "C:\\files")))
                        .stream()
                        .filter(resource -> "ConfigMap".equals(resource.get("kind")))
                        .findFirst()
                        .orElseThrow(),
                ConfigMap.class);
        Properties read = new Properties();
        read.load(new StringReader(map.getData().getOrDefault("settings.properties", "")));
        assertThat(read)
                .containsEntry("sluice.export.max-bytes-per-second", "10000000")
                .containsEntry("sluice.storage.local.root", "C:\\files");
        assertThatThrownBy(() -> rendered(with(Map.of(
                        "secretSettings[0].setting", "sluice.replicas.databases.my-standby.password",
                        "secretSettings[0].secret", "standby",
                        "secretSettings[0].key", "password"))))
                .hasMessageContaining("my-standby");
    }

    /** Each variable of the Bicep file is a key of the server, by the names of which Spring leaves out dots and dashes. */
    @Test
    void variablesOfContainerAppsAreSettings() throws IOException {
        String documented =
                Files.readString(Path.of("docs/configuration.md")) + Files.readString(Path.of("docs/security.md"));
        String keys = documented.replaceAll("[.-]", "");
        List<String> variables = Pattern.compile("name: '(SLUICE_[A-Z_]+)'")
                .matcher(Files.readString(Path.of("deploy/azure/main.bicep")))
                .results()
                .map(variable -> variable.group(1))
                .toList();
        assertThat(variables)
                .hasSizeGreaterThan(8)
                .allMatch(variable -> keys.contains(variable.replace("_", "").toLowerCase(Locale.ROOT)));
    }

    @Test
    void withoutWorkersTheApiRunsJobs() {
        List<Map<String, Object>> alone = rendered(with(Map.of("worker.enabled", false)));
        assertThat(pods(alone)).hasSize(1);
        assertThat(pods(alone).get(0).getContainers().get(0).getEnv()).contains(new EnvVar("SLUICE_ROLE", "all", null));
    }

    @Test
    void filesInAVolumeAreMountedByAllPods() {
        List<Map<String, Object>> local =
                rendered(with(Map.of("storage.kind", "local", "storage.local.existingClaim", "sluice-files")));
        assertThat(pods(local))
                .hasSize(2)
                .allSatisfy(pod -> assertThat(pod.getContainers().get(0).getVolumeMounts())
                        .anyMatch(mount -> mount.getMountPath().equals("/files")));
        assertThat(local.toString()).contains("sluice.storage.local.root=/files");
    }

    @Test
    void saysWhichValueIsMissing() {
        assertThatThrownBy(() -> template(Map.of("baseUrl", "https://fhir.example.org/fhir"))
                        .call())
                .hasMessageContaining("database.url: give the JDBC URL of your PostgreSQL");
        assertThatThrownBy(() -> rendered(with(Map.of("storage.kind", "s3")))).hasMessageContaining("/storage/kind");
        assertThatThrownBy(() -> rendered(with(Map.of("worker.replica", 3)))).hasMessageContaining("replica");
    }

    private static List<String> variables(List<Map<String, Object>> resources) {
        return pods(resources).stream()
                .flatMap(pod -> pod.getContainers().get(0).getEnv().stream())
                .map(EnvVar::getName)
                .toList();
    }

    private static List<PodSpec> pods() {
        return pods(all);
    }

    private static List<PodSpec> pods(List<Map<String, Object>> resources) {
        return resources.stream()
                .filter(resource -> List.of("Deployment", "Job").contains(resource.get("kind")))
                .map(resource -> "Job".equals(resource.get("kind"))
                        ? STRICT.convertValue(resource, Job.class).getSpec().getTemplate()
                        : STRICT.convertValue(resource, Deployment.class)
                                .getSpec()
                                .getTemplate())
                .map(PodTemplateSpec::getSpec)
                .toList();
    }

    private static Map<String, Object> with(Map<String, ?> values) {
        Map<String, Object> all = new LinkedHashMap<>(REQUIRED);
        all.putAll(values);
        return all;
    }

    private static List<Map<String, Object>> rendered(Map<String, Object> values) {
        Stream<Object> documents =
                StreamSupport.stream(new Yaml().loadAll(template(values).call()).spliterator(), false);
        return documents.filter(Objects::nonNull).map(HelmChartTest::resource).toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> resource(Object document) {
        return (Map<String, Object>) document;
    }

    private static TemplateCommand template(Map<String, Object> values) {
        TemplateCommand template = new Helm(chart()).template().withName("fhir").withKubeVersion("1.33.0");
        values.forEach(template::set);
        return template;
    }

    private static Path chart() {
        return Path.of("deploy/helm/sluice").toAbsolutePath();
    }
}
