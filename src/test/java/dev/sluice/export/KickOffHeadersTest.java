package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The two headers that a kick-off requires, in every form that clients send. */
@IntegrationTest
class KickOffHeadersTest {
    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/fhir+json",
                "Application/FHIR+json",
                "application/fhir+json, application/json;q=0.5",
                "text/html, application/fhir+json;q=0.1",
                "application/fhir+json;fhirVersion=4.0"
            })
    void anAcceptHeaderWithFhirJsonInItIsRight(String accept) {
        assertThat(server.get("/$export", "Accept", accept, "Prefer", "respond-async")
                        .statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "applicaiton/xml", "*/*", "application/fhir+json;q=0", "nonsense"})
    void anyOtherAcceptHeaderIsRefused(String accept) {
        assertThat(outcome(400, server.get("/$export", "Accept", accept, "Prefer", "respond-async")))
                .singleElement()
                .asString()
                .contains(accept, "Accept: application/fhir+json");
    }

    @Test
    void bothHeadersMissingAreTwoIssuesOfOneOutcome() {
        assertThat(outcome(400, server.get("/$export")))
                .hasSize(2)
                .anyMatch(issue -> issue.contains("Accept"))
                .anyMatch(issue -> issue.contains("Prefer: respond-async"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "respond-async",
                "respond-async,handling=strict",
                "  respond-async ,  handling    =   strict  ",
                "handling=Lenient,respond-async",
                "respond-async, separate-export-status",
                "respond-async,,handling=Lenient",
                "respond-async,handling=Strict,",
                "respond-async,handling=None",
                "respond-async, wait = 10",
                "respond-async,unknown=strict=Lenient",
                "return=\"minimal, with, commas\", respond-async; a=b"
            })
    void aPreferHeaderThatAsksForAnAsynchronousAnswerIsRight(String prefer) {
        assertThat(server.get("/$export", "Accept", "application/fhir+json", "Prefer", prefer)
                        .statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "handling=strict",
                "respond-sync",
                "handling=None",
                "",
                "a=\"respond-async\"",
                "return-content",
                "respond-status",
                "*"
            })
    void aPreferHeaderThatDoesNotIsRefused(String prefer) {
        assertThat(outcome(400, server.get("/$export", "Accept", "application/fhir+json", "Prefer", prefer)))
                .anyMatch(issue -> issue.contains("Prefer"));
    }

    @Test
    void theStatusOfTheExportMayBeAskedForInAHeaderOfItsOwn() {
        HttpResponse<String> kickOff = server.get(
                "/$export?_type=Patient",
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async, separate-export-status");
        String job = kickOff.headers().firstValue("Content-Location").orElseThrow();

        assertThat(kickOff.headers().firstValue("Preference-Applied"))
                .hasValue("respond-async, separate-export-status");
        await().until(() -> server.get(job).headers().firstValue("X-Export-Status"), Optional.of("200")::equals);
        assertThat(server.get(job).statusCode()).isEqualTo(200);
        assertThat(server.get(job).body()).contains("transactionTime");
        server.bean(JdbcTemplate.class)
                .update(
                        "update job set status = 'FAILED', ending = 'It had to.' where id = ?::uuid",
                        job.substring(job.lastIndexOf('/') + 1));
        assertThat(server.get(job).statusCode()).isEqualTo(200);
        assertThat(server.get(job).headers().firstValue("X-Export-Status")).hasValue("500");
        assertThat(server.get(job).body()).contains("It had to.");
    }
}
