package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real {@code .ci/run} with stand-ins for Maven and for JDKs; it finds those of this machine too. */
@IntegrationTest
@DisabledOnOs(OS.WINDOWS)
class ContinuousIntegrationTest {
    private static final String DEFAULT_JDK = System.getProperty("java.home");

    @TempDir
    private Path temp;

    private Path project;
    private Path home;

    @BeforeEach
    void layOutAProject() throws IOException {
        Path folder = temp.toRealPath();
        project = Files.createDirectories(folder.resolve("a project"));
        home = Files.createDirectories(folder.resolve("home"));
        Files.createDirectories(project.resolve(".ci"));
        Files.copy(Path.of(".ci/run"), project.resolve(".ci/run"));
        maven("exit 0");
    }

    @Test
    void eachJdkFrom17OnCompilesInAFolderOfItsOwn() throws Exception {
        Path ofSdkman = jdk(".sdkman/candidates/java/21.0.9-tem", "javac 21.0.9");
        Path ofRunner = jdk("early access", "javac 27-ea");

        Run run = run(Map.of("JAVA_HOME_27_X64", ofRunner.toString()));

        assertThat(run.code()).as(run.output()).isZero();
        assertThat(callsWith(ofSdkman))
                .singleElement()
                .asString()
                .matches(".* -Dtarget\\.directory=target/jdk\\S+21\\S+ test-compile");
        assertThat(callsWith(ofRunner))
                .singleElement()
                .asString()
                .matches(".* -Dtarget\\.directory=target/jdk\\S+early_access test-compile");
    }

    @Test
    void defaultJdkRunsTheTestsOfTheBenchmarkAndOfSluice() throws Exception {
        Files.createSymbolicLink(Files.createDirectories(home.resolve(".jdks")).resolve("link"), Path.of(DEFAULT_JDK));

        run(Map.of());

        assertThat(callsWith(Path.of(DEFAULT_JDK)))
                .containsExactly(DEFAULT_JDK + "|-B -ntp -q -Pbenchmark test", DEFAULT_JDK + "|-B -ntp verify");
        assertThat(callsWith(home.resolve(".jdks/link"))).isEmpty();
        assertThat(calls()).noneMatch(call -> call.startsWith("|"));
    }

    @Test
    void olderAndBrokenJdksArePassedOver() throws Exception {
        Path eight = jdk(".jdks/8", "javac 1.8.0_402");
        Path eleven = jdk(".jdks/11", "javac 11.0.2");
        Path broken = jdk(".jdks/broken", "Error: could not find libjava.so");
        Files.createDirectories(home.resolve(".jdks/jre/bin"));

        Run run = run(Map.of());

        assertThat(run.code()).isZero();
        assertThat(List.of(eight, eleven, broken))
                .allSatisfy(jdk -> assertThat(callsWith(jdk)).isEmpty());
        assertThat(run.output()).contains("JDK 8 in " + eight + " is passed over", "JDK 11 in " + eleven);
    }

    @Test
    void jdkThatDoesNotCompileIsNamedAfterTheTestsHaveRun() throws Exception {
        Path jdk = jdk(".jdks/21", "javac 21");
        maven("[ \"$JAVA_HOME\" != '" + jdk + "' ]");

        Run run = run(Map.of());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output()).contains("Sluice does not compile on JDK 21 (" + jdk + ")");
        assertThat(calls()).last().asString().endsWith("|-B -ntp verify");
    }

    @Test
    void testsThatFailFailTheRun() throws Exception {
        maven("case $* in *verify) exit 3 ;; esac");

        assertThat(run(Map.of()).code()).isEqualTo(3);
    }

    private record Run(int code, String output) {}

    private Run run(Map<String, String> environment) throws Exception {
        Path output = temp.resolve("output");
        ProcessBuilder command = new ProcessBuilder(project.resolve(".ci/run").toString());
        command.environment().keySet().removeIf(name -> name.startsWith("JAVA_HOME"));
        command.environment().put("JAVA_HOME", DEFAULT_JDK);
        command.environment().put("HOME", home.toString());
        command.environment().putAll(environment);
        int code = command.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        return new Run(code, Files.readString(output));
    }

    /** The calls of Maven, each as the JDK and the arguments. */
    private List<String> calls() throws IOException {
        return Files.readAllLines(project.resolve("calls"));
    }

    private List<String> callsWith(Path jdk) {
        try {
            return calls().stream().filter(call -> call.startsWith(jdk + "|")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path jdk(String folder, String version) throws IOException {
        Path jdk = home.resolve(folder);
        script(jdk.resolve("bin/javac"), "#!/bin/sh\necho '" + version + "'\n");
        return jdk;
    }

    private void maven(String last) throws IOException {
        script(project.resolve("mvnw"), "#!/bin/sh\necho \"$JAVA_HOME|$*\" >> calls\n" + last + "\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
