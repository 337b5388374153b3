package dev.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real {@code sluice} in a folder with a space in its name, with a stand-in for Java that prints its arguments. */
@IntegrationTest
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    /** Unpacks a jar and makes an archive as Java does; prints what else it is called with, and ends with 3. */
    private static final String JAVA = """
            #!/bin/sh
            for argument; do
                case $argument in
                    -XX:ArchiveClassesAtExit=*) : >"${argument#*=}"; exit 2 ;;
                    -Djarmode=tools) [ -z "${BROKEN:-}" ] || exit 1; mkdir -p "$6"; echo app >"$6/sluice.jar"; exit 0 ;;
                esac
            done
            printf '%s|' "$@"
            exit 3
            """;

    @TempDir
    private Path temp;

    private Path project;
    private Path jar;
    private Path jdk;

    @BeforeEach
    void layOutAProject() throws IOException {
        project = Files.createDirectories(temp.resolve("a project"));
        Files.copy(Path.of("sluice"), project.resolve("sluice"));
        jar = Files.createDirectories(project.resolve("target")).resolve("sluice.jar");
        Files.writeString(jar, "jar");
        jdk = temp.resolve("jdk");
        script(Files.createDirectories(jdk.resolve("bin")).resolve("java"));
    }

    @Test
    void jarIsUnpackedOnceAndRunWithEveryArgumentAndItsExitCode() throws Exception {
        Run first = sluice("jobs", "two words", "", "*");
        Run second = sluice("jobs", "two words", "", "*");

        assertThat(first.err()).startsWith("Preparing the commands");
        assertThat(second.err()).isEmpty();
        assertThat(second.exitCode()).isEqualTo(3);
        assertThat(second.out()).isEqualTo(first.out()).endsWith("/sluice.jar|jobs|two words||*|");
        assertThat(second.out())
                .startsWith("-XX:+UseSerialGC|")
                .contains(
                        "|-XX:TieredStopAtLevel=1|",
                        "|-XX:SharedArchiveFile=" + unpacked().get(0) + "/classes.jsa|")
                .contains("|-jar|" + unpacked().get(0) + "/sluice.jar|")
                .doesNotContain("terminal");
    }

    @Test
    void anotherJarIsUnpackedInThePlaceOfTheFirst() throws Exception {
        sluice("jobs");
        Path first = unpacked().get(0);
        Files.writeString(jar, "a newer jar");

        Run run = sluice("jobs");

        assertThat(run.err()).startsWith("Preparing the commands");
        assertThat(unpacked()).hasSize(1).doesNotContain(first);
    }

    @Test
    void serverAndLongCommandsKeepTheOptionsThatMakeThemFast() throws Exception {
        sluice("jobs");

        assertThat(sluice().out()).isEqualTo("-jar|" + unpacked().get(0) + "/sluice.jar|");
        assertThat(sluice("--server.port=0").out()).startsWith("-jar|").endsWith("/sluice.jar|--server.port=0|");
        assertThat(sluice("--debug", "--server.port=0").out()).startsWith("-jar|");
        assertThat(sluice("--help").out()).contains("|-XX:TieredStopAtLevel=1|");
        assertThat(sluice("serve").out()).startsWith("-jar|");
        assertThat(sluice("compare", "a", "b").out()).doesNotContain("Tiered").contains("-XX:SharedArchiveFile=");
        assertThat(sluice(Map.of("JAVA_OPTS", "-Xmx1g -Xss1m"), "compare").out())
                .contains("|-Xmx1g|-Xss1m|-jar|");
    }

    @Test
    void withoutAJarItSaysHowToBuildOne() throws Exception {
        Files.delete(jar);

        assertThat(sluice("jobs").exitCode()).isEqualTo(2);
        assertThat(sluice("jobs").err())
                .isEqualTo("sluice: there is no '" + jar + "': build it with '" + project
                        + "/mvnw -q package -DskipTests'.\n");
    }

    @Test
    void withoutJavaItSaysWhatIsMissing() throws Exception {
        Files.delete(jdk.resolve("bin/java"));

        assertThat(sluice("jobs").exitCode()).isEqualTo(2);
        assertThat(sluice("jobs").err()).startsWith("sluice: JAVA_HOME is '" + jdk + "'");
    }

    @Test
    void jarThatCannotBeUnpackedRunsAsItIsAndLeavesNothing() throws Exception {
        Run run = sluice(Map.of("BROKEN", "yes"), "jobs");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).endsWith("|-jar|" + jar + "|jobs|").doesNotContain("SharedArchiveFile");
        assertThat(run.err()).contains("cannot be unpacked");
        assertThat(unpacked()).isEmpty();
    }

    @Test
    void whereNothingCanBeWrittenTheJarRunsAsItIs() throws Exception {
        Files.writeString(jar.resolveSibling("unpacked"), "a file in the place of the folder");

        assertThat(sluice("jobs").out()).endsWith("|-jar|" + jar + "|jobs|").doesNotContain("SharedArchiveFile");
    }

    @Test
    void linkToTheLauncherFindsTheJar() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("a project/sluice"));

        assertThat(run(Map.of(), link, "jobs").out()).endsWith("/sluice.jar|jobs|");
    }

    private List<Path> unpacked() throws IOException {
        try (Stream<Path> folders = Files.list(jar.resolveSibling("unpacked"))) {
            return folders.toList();
        }
    }

    private Run sluice(String... args) throws Exception {
        return run(Map.of(), project.resolve("sluice"), args);
    }

    private Run sluice(Map<String, String> environment, String... args) throws Exception {
        return run(environment, project.resolve("sluice"), args);
    }

    private Run run(Map<String, String> environment, Path script, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(args));
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JAVA_OPTS");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static void script(Path file) throws IOException {
        Files.write(file, JAVA.getBytes(UTF_8));
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Run(int exitCode, String out, String err) {}
}
