package dev.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real {@code mvnw} in a folder with a space in its name, with stand-ins for Maven and the Apache archive. */
@SlowTest
@DisabledOnOs(OS.WINDOWS)
class MavenWrapperTest {
    private static final List<String> TOOLS = List.of("dirname", "sed", "head", "tr", "cut", "grep");
    private static final String ECHO_MAVEN = "#!/bin/sh\nprintf '%s|' ran \"$@\"\nexit 3\n";

    @TempDir
    private Path temp;

    private final AtomicInteger downloads = new AtomicInteger();
    private Path project;
    private Path bin;
    private HttpServer archive;
    private byte[] distribution;

    @BeforeEach
    void layOutAProject() throws Exception {
        project = Files.createDirectories(temp.resolve("a project/.mvn/wrapper"))
                .resolve("../..")
                .normalize();
        bin = Files.createDirectories(temp.resolve("bin"));
        Files.copy(Path.of("mvnw"), project.resolve("mvnw"));
        Files.copy(Path.of(".mvn/wrapper/FetchMaven.java"), project.resolve(".mvn/wrapper/FetchMaven.java"));
        for (String tool : TOOLS) {
            script(bin.resolve(tool), "#!/bin/sh\nexec " + onThisSystem(tool) + " \"$@\"\n");
        }
        distribution = zip("apache-maven-3.9.99/bin/mvn", ECHO_MAVEN);
        archive = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        archive.createContext("/maven.zip", exchange -> {
            downloads.incrementAndGet();
            exchange.sendResponseHeaders(200, distribution.length);
            exchange.getResponseBody().write(distribution);
            exchange.close();
        });
        archive.start();
        writeProperties("/maven.zip", sha512(distribution));
    }

    @AfterEach
    void stopTheArchive() {
        archive.stop(0);
    }

    @Test
    void mavenOnThePathRunsWithEveryArgumentAndItsExitCode() throws Exception {
        fakeMaven("3.8.7");

        Run run = mvnw("verify", "-Dname=two words", "", "*");

        assertThat(run).isEqualTo(new Run(3, "ran|verify|-Dname=two words||*|", ""));
        assertThat(downloads).hasValue(0);
    }

    /** Maven would download and compile what only tests need before it starts the server. */
    @Test
    void whoOnlyRunsTheServerGetsNoTests() throws Exception {
        fakeMaven("3.8.7");

        assertThat(mvnw("-q", "spring-boot:run", "-Dname=two words").out())
                .isEqualTo("ran|-Dwithout.checks|-q|spring-boot:run|-Dname=two words|");
        assertThat(mvnw("verify", "spring-boot:run").out()).isEqualTo("ran|verify|spring-boot:run|");
    }

    @Test
    void newerMavenOnThePathIsTakenThoughItsDigitsSortLower() throws Exception {
        fakeMaven("3.10.0");

        assertThat(mvnw("test").out()).isEqualTo("ran|test|");
    }

    @Test
    void oldMavenOnThePathIsPassedOverForADownloadThatHappensOnce() throws Exception {
        fakeMaven("3.8.6");

        Run first = mvnw("-q", "two words");
        Run second = mvnw("again");

        assertThat(first.code()).isEqualTo(3);
        assertThat(first.out()).isEqualTo("ran|-q|two words|");
        assertThat(first.err()).contains("downloading http://");
        assertThat(second).isEqualTo(new Run(3, "ran|again|", ""));
        assertThat(downloads).hasValue(1);
    }

    @Test
    void fileUrlWorksLikeAnyOther() throws Exception {
        Path file = Files.write(temp.resolve("maven.zip"), distribution);
        writeProperties(file.toUri().toString(), sha512(distribution));

        assertThat(mvnw("test").out()).isEqualTo("ran|test|");
    }

    @Test
    void wrongChecksumInstallsNothingAndShowsBothSums() throws Exception {
        String wrong = "0".repeat(128);
        writeProperties("/maven.zip", wrong);

        Run run = mvnw("test");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(wrong, sha512(distribution), "Nothing was installed");
        try (Stream<Path> files = Files.walk(temp.resolve("home"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void missingChecksumIsRefusedBeforeTheDownload() throws Exception {
        writeProperties("/maven.zip", "");

        assertThat(mvnw("test").err()).contains("distributionSha512Sum");
        assertThat(downloads).hasValue(0);
    }

    @Test
    void missingFileInTheArchiveIsNamed() throws Exception {
        writeProperties("/gone.zip", sha512(distribution));

        Run run = mvnw("test");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("/gone.zip", "Install Maven 3.8.7 or newer");
    }

    @Test
    void oldJavaIsNamedWithItsVersion() throws Exception {
        Path jdk = temp.resolve("jdk 11");
        script(jdk.resolve("bin/java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");

        Run run = mvnw(Map.of("JAVA_HOME", jdk.toString()), "test");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("version 17 or newer", jdk.toString(), "11.0.2");
    }

    @Test
    void missingJavaSaysWhatToInstall() throws Exception {
        assertThat(mvnw(Map.of("JAVA_HOME", ""), "test").err()).contains("no Java found", "JDK of version 17 or newer");
        assertThat(mvnw(Map.of("JAVA_HOME", "/nowhere"), "test").err()).contains("JAVA_HOME is '/nowhere'");
    }

    @Test
    void realPropertiesNameAnArchiveFileOfTheirVersionWithAChecksum() throws Exception {
        String properties = Files.readString(Path.of(".mvn/wrapper/maven-wrapper.properties"));

        assertThat(properties)
                .containsPattern("(?s)mavenVersion=([0-9.]+)\n.*/maven-3/\\1/binaries/apache-maven-\\1-bin\\.zip\n")
                .containsPattern("distributionUrl=https://archive\\.apache\\.org/")
                .containsPattern("distributionSha512Sum=[0-9a-f]{128}\n");
    }

    private record Run(int code, String out, String err) {}

    private Run mvnw(String... arguments) throws Exception {
        return mvnw(Map.of("JAVA_HOME", System.getProperty("java.home")), arguments);
    }

    private Run mvnw(Map<String, String> environment, String... arguments) throws Exception {
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder command = new ProcessBuilder(project.resolve("mvnw").toString());
        command.command().addAll(List.of(arguments));
        command.environment().clear();
        command.environment().put("PATH", bin.toString());
        command.environment().put("MAVEN_USER_HOME", temp.resolve("home").toString());
        command.environment().putAll(environment);
        int code = command.redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        return new Run(code, Files.readString(out), Files.readString(err));
    }

    private void fakeMaven(String version) throws IOException {
        script(bin.resolve("mvn"), """
                #!/bin/sh
                case "$*" in *--version*) printf '\\033[1mApache Maven %s\\033[m\\nMaven home: /m\\n'; exit 0 ;; esac
                printf '%%s|' ran "$@"
                exit 3
                """.formatted(version));
    }

    private void writeProperties(String url, String sha512) throws IOException {
        String absolute =
                url.startsWith("/") ? "http://127.0.0.1:" + archive.getAddress().getPort() + url : url;
        Files.writeString(
                project.resolve(".mvn/wrapper/maven-wrapper.properties"),
                "mavenVersion=3.9.99\ndistributionUrl=" + absolute + "\ndistributionSha512Sum=" + sha512 + "\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Path onThisSystem(String tool) {
        return Stream.of("/bin", "/usr/bin")
                .map(folder -> Path.of(folder, tool))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    private static byte[] zip(String name, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String sha512(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    }
}
