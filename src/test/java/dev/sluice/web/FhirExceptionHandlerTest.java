package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

@IntegrationTest
class FhirExceptionHandlerTest {
    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aPathThatLeadsNowhereIsNotFound() {
        HttpResponse<String> response = server.get("/Patient/1/2/3");

        assertOutcome(response, 404, "not-found");
        assertThat(response.body()).contains("/fhir/Patient/1/2/3");
    }

    @Test
    void aMethodThatIsNotOfferedIsRefusedWithThoseThatAre() {
        HttpResponse<String> response = server.send("PATCH", "/_operations/export/1", BodyPublishers.noBody());

        assertOutcome(response, 405, "not-supported");
        assertThat(response.headers().firstValue("Allow").orElse("")).contains("DELETE");
        assertThat(response.body()).contains("PATCH is not offered").contains("DELETE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+xml", "text/csv", "nonsense"})
    void anAcceptThatCannotBeGivenStillGetsAnOutcome(String accept) {
        HttpResponse<String> response = server.get("/Patient/1", "Accept", accept);

        assertOutcome(response, 406, "not-supported");
        assertThat(response.body()).contains(accept).contains("application/fhir+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+xml", "nonsense"})
    void anErrorReachesAClientWhateverItAccepts(String accept) {
        assertOutcome(server.get("/no/such/path/at/all", "Accept", accept), 404, "not-found");
        assertOutcome(
                server.send("PUT", "/_operations/export/1", BodyPublishers.noBody(), "Accept", accept),
                405,
                "not-supported");
    }

    @Test
    void aFaultOfTheServerIsNamedByAnIdAndNotByItsCause() {
        try (SluiceServer broken = SluiceServer.start("--logging.level.dev.sluice.web.FhirExceptionHandler=off")) {
            broken.bean(JdbcTemplate.class).execute("drop table resource cascade");

            HttpResponse<String> response = broken.get("/Patient/1");

            assertOutcome(response, 500, "exception");
            assertThat(response.body())
                    .containsPattern("under the id [0-9a-f-]{36}")
                    .doesNotContain("relation");
        }
    }

    @Test
    void aDatabaseThatIsAwayIsAReasonToComeAgain() {
        String url = TestDatabase.freshUrl();
        try (SluiceServer server = SluiceServer.start(
                "--spring.datasource.url=" + url,
                "--spring.datasource.hikari.connection-timeout=500",
                "--logging.level.root=off")) {
            TestDatabase.drop(url);

            HttpResponse<String> read = server.get("/Patient/1");
            HttpResponse<String> write =
                    server.put("/Patient/1", "application/fhir+json", "{\"resourceType\":\"Patient\"}");

            assertOutcome(read, 503, "transient");
            assertOutcome(write, 503, "transient");
            assertThat(read.headers().firstValue("Retry-After")).contains("5");
        }
    }

    @Test
    void outsideOfTheBaseAClientLearnsWhereItIs() {
        HttpResponse<String> response = server.get(server.root() + "/no/such/page");

        assertOutcome(response, 404, "not-found");
        assertThat(response.body()).contains(server.base() + "/$export");
    }

    @Test
    void theFallbackSpeaksFhirToo() {
        HttpResponse<String> response = server.send("TRACE", "/metadata", BodyPublishers.noBody());

        assertOutcome(response, 405, "not-supported");
        assertThat(response.body()).contains("was answered with 405 Method Not Allowed");
    }

    private static void assertOutcome(HttpResponse<String> response, int status, String code) {
        assertThat(response.body())
                .contains("\"resourceType\":\"OperationOutcome\"")
                .contains("\"code\":\"" + code + "\"");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/fhir+json");
    }
}
