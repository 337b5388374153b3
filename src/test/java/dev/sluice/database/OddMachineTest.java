package dev.sluice.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.TestDatabase;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Sluice on machines and databases that are set up for anything but a server of English names and UTF-8. */
@SlowTest
class OddMachineTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String[] ODD_JVM = {
        "-Duser.language=tr", "-Duser.country=TR", "-Duser.timezone=Asia/Kathmandu", "-Dfile.encoding=ISO-8859-1"
    };
    private static final List<String> SETTINGS = List.of(
            "statement_timeout = '100ms'",
            "lock_timeout = '1ms'",
            "idle_session_timeout = '1s'",
            "transaction_timeout = '100ms'",
            "default_transaction_isolation = 'serializable'",
            "standard_conforming_strings = off",
            "array_nulls = off",
            "gin_fuzzy_search_limit = 1",
            "timezone = 'America/St_Johns'",
            "datestyle = 'SQL, DMY'",
            "intervalstyle = 'sql_standard'",
            "bytea_output = 'escape'",
            "search_path = absent, public");

    private static final List<String> LINES = List.of(
            "{\"resourceType\":\"Patient\",\"id\":\"I-i\",\"name\":[{\"family\":\"İÇIŞIK-ığ€日\"}]}",
            "{\"resourceType\":\"Immunization\",\"id\":\"I1\",\"status\":\"completed\",\"patient\":{\"reference\":\"Patient/I-i\"}}",
            "{\"resourceType\":\"ImagingStudy\",\"id\":\"i1\",\"status\":\"available\",\"subject\":{\"reference\":\"Patient/I-i\"},"
                    + "\"started\":\"2024-03-10T02:30:00-05:00\"}");

    @TempDir
    Path folder;

    @Test
    void turkishJvmOnATurkishDatabaseWhoseRoleIsSetUpForOthers() throws Exception {
        String url = oddDatabase();
        try {
            check(Map.of(), "--spring.datasource.url=" + url);
        } finally {
            TestDatabase.drop(url);
            asAdmin("drop role odd");
        }
    }

    @Test
    void embeddedDatabaseOnAMachineWithoutUtf8() throws Exception {
        Path locale = folder.resolve("tr_TR.ISO-8859-9");
        assumeTrue(makesLocale(locale), "localedef and the sources of locales are needed");

        check(
                Map.of(
                        "LOCPATH",
                        folder.toString(),
                        "LC_ALL",
                        locale.getFileName().toString()),
                "--sluice.demo=false");
    }

    private void check(Map<String, String> environment, String option) throws Exception {
        String[] options = {ODD_JVM[0], ODD_JVM[1], ODD_JVM[2], ODD_JVM[3], option, "--sluice.home=" + folder};
        try (SluiceProcess sluice = SluiceProcess.start(folder.resolve("log"), environment, options)) {
            HttpRequest load = HttpRequest.newBuilder(URI.create(sluice.base() + "/$import"))
                    .header("Content-Type", "application/fhir+ndjson")
                    .POST(BodyPublishers.ofString(String.join("\n", LINES)))
                    .build();
            assertThat(HTTP.send(load, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            String everything = "/Patient/$export?_type=Patient,Immunization,ImagingStudy&_since=2020-01-01T00:00:00Z";
            assertThat(export(sluice, everything)).containsExactlyInAnyOrderElementsOf(LINES);
            assertThat(export(
                            sluice,
                            "/$export?_type=ImagingStudy&_typeFilter=ImagingStudy%3Fstarted%3D2024-03-10T07:30Z"))
                    .containsExactly(LINES.get(2));
            sluice.terminate(); // an embedded database stops with it
        }
    }

    /** The lines of an export, as they were before the server gave them a meta element. */
    private static List<String> export(SluiceProcess sluice, String path) throws Exception {
        HttpRequest kickOff = HttpRequest.newBuilder(URI.create(sluice.base() + path))
                .headers("Accept", "application/fhir+json", "Prefer", "respond-async")
                .build();
        HttpResponse<String> accepted = HTTP.send(kickOff, BodyHandlers.ofString());
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String job = accepted.headers().firstValue("Content-Location").orElseThrow();
        HttpResponse<String> ended =
                await().atMost(Duration.ofSeconds(60)).until(() -> get(job), status -> status.statusCode() != 202);
        assertThat(ended.statusCode()).as(ended.body()).isEqualTo(200);
        StringBuilder lines = new StringBuilder();
        for (JsonNode file : FhirJson.parseObject(ended.body().getBytes(UTF_8)).path("output")) {
            lines.append(get(file.path("url").asString()).body());
        }
        return lines.toString()
                .lines()
                .map(line -> line.replaceFirst("\"meta\":\\{[^}]*\\},?", "").replaceFirst(",\\}$", "}"))
                .toList();
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString(UTF_8));
    }

    /** A new database with a Turkish collation, empty, and a role of its own with settings that do not suit Sluice. */
    private static String oddDatabase() throws SQLException {
        asAdmin("create role odd login");
        for (String setting : SETTINGS) {
            asAdmin("alter role odd set " + setting);
        }
        asAdmin("create database odd owner odd template template0 encoding 'UTF8' locale 'C' locale_provider icu"
                + " icu_locale 'tr-TR'");
        return TestDatabase.urlOf("odd").replace("user=postgres", "user=odd");
    }

    private static void asAdmin(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(TestDatabase.urlOf("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean makesLocale(Path locale) throws InterruptedException {
        try {
            return new ProcessBuilder("localedef", "-i", "tr_TR", "-f", "ISO-8859-9", locale.toString())
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            <= 1 // warnings
                    && Files.isDirectory(locale);
        } catch (IOException absent) {
            return false;
        }
    }
}
