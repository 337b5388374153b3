package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.export.PagedExports.PAGED;
import static dev.sluice.export.PagedExports.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** The status of an export whose manifest is read in pages, whatever becomes of it. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class PartialExportStatusTest {
    private final PagedExports exports = new PagedExports();
    private final SluiceServer server = exports.server;

    @AfterAll
    void stop() {
        exports.close();
    }

    @Test
    void theStatusMayStandInAHeaderOfItsOwn() {
        String job = PagedExports.job(server.get(
                "/$export" + PAGED,
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async, separate-export-status"));
        exports.units.run(job, 0, 0);

        HttpResponse<String> running = server.get(job);

        assertThat(running.statusCode()).isEqualTo(200);
        assertThat(running.headers().firstValue("X-Export-Status")).hasValue("202");
        assertThat(json(running).path("output")).hasSize(1);
    }

    @Test
    void anExportThatIsCancelledIsGoneWithThePagesThatWereRead() {
        String job = exports.start("/$export" + PAGED);
        exports.units.run(job, 0, 0);
        JsonNode file = json(server.get(job)).path("output").path(0);

        assertThat(server.delete(job).statusCode()).isEqualTo(202);

        assertThat(outcome(404, server.get(job))).hasSize(1);
        assertThat(outcome(404, server.get(job + "/pages/1"))).hasSize(1);
        assertThat(outcome(404, server.get(file.path("url").asString()))).hasSize(1);
    }

    @Test
    void anExportThatFailsSaysSoAtItsPagesToo() {
        String job = exports.start("/$export" + PAGED);
        exports.units.run(job, 0, 0);
        JsonNode file = json(server.get(job)).path("output").path(0);
        server.bean(JdbcTemplate.class).update("delete from resource where type = 'Basic' and id = 'b39'");

        HttpResponse<String> failed = exports.end(job);

        assertThat(outcome(500, failed)).singleElement().asString().contains("The export has failed");
        assertThat(server.get(job + "/pages/1").body()).isEqualTo(failed.body());
        assertThat(outcome(404, server.get(file.path("url").asString()))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/$export", "/$export?allowPartialManifests=false"})
    void withoutBeingAskedForNothingIsReadInPages(String path) {
        String job = exports.start(path);
        exports.units.run(job, 0, 0);

        assertThat(server.get(job).statusCode()).isEqualTo(202);
        assertThat(server.get(job).body()).isEmpty();
        assertThat(server.get(job + "/files/Basic-1.ndjson").statusCode()).isEqualTo(404);
        HttpResponse<String> complete = exports.end(job);
        assertThat(json(complete).has("link")).isFalse();
        assertThat(json(complete).path("output")).hasSizeGreaterThan(5);
        assertThat(outcome(404, server.get(job + "/pages/2"))).hasSize(1);
    }

    @Test
    void aPageNumberThatIsNoneIsNotFound() {
        String job = exports.start("/$export" + PAGED);

        for (String number : List.of("0", "2", "-1", "two", "99999999999")) {
            assertThat(outcome(404, server.get(job + "/pages/" + number))).hasSize(1);
        }
    }
}
