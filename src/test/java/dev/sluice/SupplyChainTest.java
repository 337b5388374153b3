package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What the build takes from others is named by its content, and containers have no privilege that they do not need. */
class SupplyChainTest {
    private static final Pattern ACTION = Pattern.compile("\\s*-?\\s*uses:\\s*(.*)");
    private static final Pattern FROM = Pattern.compile("FROM (\\S+).*");
    private static final String BY_COMMIT = "[\\w-]+/[\\w./-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+";
    private static final String BY_DIGEST = "\\S+:\\S+@sha256:[0-9a-f]{64}";

    @Test
    void actionsAreNamedByCommitAndVersion() throws IOException {
        List<String> actions = lines(workflows())
                .map(ACTION::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .toList();

        assertThat(actions).hasSizeGreaterThan(5).allMatch(action -> action.matches(BY_COMMIT));
    }

    @Test
    void workflowsReadOnlyUnlessAJobSaysMore() throws IOException {
        for (Path workflow : workflows()) {
            assertThat(yaml(workflow).get("permissions"))
                    .as(workflow.toString())
                    .isEqualTo(Map.of("contents", "read"));
        }
    }

    @Test
    void imagesAreNamedByDigest() throws IOException {
        List<String> images = new ArrayList<>(lines(List.of(Path.of("Dockerfile")))
                .map(FROM::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .toList());
        services().values().stream()
                .filter(service -> service.containsKey("image"))
                .forEach(service -> images.add(String.valueOf(service.get("image"))));

        assertThat(images).hasSize(4).allMatch(image -> image.matches(BY_DIGEST));
        assertThat(Files.readString(Path.of("Dockerfile"))).doesNotContain("# syntax=");
    }

    /** The jar has one, and it names every library with its version. */
    @Test
    void billOfMaterialsIsNotServed() throws IOException {
        assertThat(Files.readString(Path.of("src/main/resources/application.yaml")))
                .contains("include: health, info, prometheus\n");
    }

    @Test
    void servicesAreHardened() throws IOException {
        assertThat(services()).hasSize(3).allSatisfy((name, service) -> {
            assertThat(service)
                    .containsEntry("read_only", true)
                    .containsEntry("cap_drop", List.of("ALL"))
                    .containsEntry("security_opt", List.of("no-new-privileges:true"))
                    .containsKeys("mem_limit", "pids_limit")
                    .doesNotContainKey("privileged");
            if (service.get("ports") instanceof List<?> ports) {
                assertThat(ports).allMatch(port -> port.toString().startsWith("127.0.0.1:"));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> services() throws IOException {
        return (Map<String, Map<String, Object>>)
                Objects.requireNonNull(yaml(Path.of("docker-compose.yml")).get("services"));
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        return new Yaml().load(Files.readString(file));
    }

    private static List<Path> workflows() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(".github/workflows"))) {
            return files.toList();
        }
    }

    private static Stream<String> lines(List<Path> files) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            lines.addAll(Files.readAllLines(file));
        }
        return lines.stream();
    }
}
