package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.export.PagedExports.PAGED;
import static dev.sluice.export.PagedExports.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The manifest in pages, which can be read while the export runs: what the pages say. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class PartialManifestsTest {
    private final PagedExports exports = new PagedExports();
    private final SluiceServer server = exports.server;

    @AfterAll
    void stop() {
        exports.close();
    }

    @Test
    void aPageIsReturnedWhileTheExportRunsAndGainsALinkAndNothingElse() {
        String job = exports.start("/$export" + PAGED);
        HttpResponse<String> before = server.get(job);
        exports.units.run(job, 0, 1);

        HttpResponse<String> first = server.get(job);

        assertThat(before.statusCode()).isEqualTo(202);
        assertThat(before.body()).isEmpty();
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(first.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(first.headers().firstValue("Retry-After")).isPresent();
        assertThat(first.headers().firstValue("X-Progress").orElseThrow()).contains("%");
        assertThat(json(first).path("output")).hasSize(2);
        assertThat(json(first).has("link")).isFalse();
        assertThat(server.get(job).body()).isEqualTo(first.body());

        exports.units.run(job, 2, 4);
        ObjectNode linked = json(server.get(job));
        HttpResponse<String> second = server.get(job + "/pages/2");

        assertThat(String.valueOf(linked.remove("link")))
                .isEqualTo("[{\"relation\":\"next\",\"url\":\"" + job + "/pages/2\"}]");
        assertThat(linked).isEqualTo(json(first));
        assertThat(server.get(job + "/pages/1").body())
                .isEqualTo(server.get(job).body());
        assertThat(second.statusCode()).isEqualTo(202);
        assertThat(second.headers().firstValue("Retry-After")).isPresent();
        assertThat(json(second).path("output")).hasSize(3);
        assertThat(outcome(404, server.get(job + "/pages/3")))
                .singleElement()
                .asString()
                .contains("no page 3, or not yet");
    }

    @Test
    void allPagesTogetherListTheFilesOfAPlainExportOfTheMoment() {
        Export plain = exports.whole("/$export");
        String job = exports.start("/$export" + PAGED + "&_until=" + plain.transactionTime());
        exports.units.run(job, 0, 2);
        ObjectNode first = json(server.get(job));
        exports.units.run(job, 3, 4);
        HttpResponse<String> atTheLast = server.get(job + "/pages/2");

        List<ObjectNode> pages = exports.pages(exports.end(job));

        assertThat(atTheLast.statusCode()).isEqualTo(202);
        assertThat(pages)
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(page ->
                        assertThat(PagedExports.withoutFiles(page)).isEqualTo(PagedExports.withoutFiles(first)));
        assertThat(pages.get(0).path("output")).isEqualTo(first.path("output"));
        assertThat(pages.get(1).path("output")).isEqualTo(json(atTheLast).path("output"));
        assertThat(first.path("transactionTime").asString()).isEqualTo(plain.transactionTime());
        assertThat(PagedExports.files(pages, "output"))
                .isEqualTo(PagedExports.files(List.of(plain.manifest()), "output"));
        HttpResponse<String> last = server.get(job + "/pages/" + pages.size());
        assertThat(last.statusCode()).isEqualTo(200);
        assertThat(last.headers().firstValue("Expires")).isPresent();
    }

    @Test
    void filesAreServedFromTheMomentThatAPageListsThem() {
        Export plain = exports.whole("/$export");
        String job = exports.start("/$export" + PAGED);
        exports.units.run(job, 0, 0);
        JsonNode file = json(server.get(job)).path("output").path(0);
        exports.units.run(job, 1, 1);

        HttpResponse<String> served = server.get(file.path("url").asString());

        assertThat(served.statusCode()).isEqualTo(200);
        assertThat(served.body().getBytes(StandardCharsets.UTF_8))
                .hasSize(file.path("extension").path("bytes").asInt());
        assertThat(served.headers().firstValue("ETag"))
                .hasValue("\"" + file.path("extension").path("sha256").asString() + "\"");
        for (String name :
                PagedExports.files(List.of(plain.manifest()), "output").keySet()) {
            assertThat(server.get(job + "/files/" + name).statusCode())
                    .isEqualTo(file.path("url").asString().endsWith("/" + name) ? 200 : 404);
        }
        server.get(job);
        String later = json(server.get(job + "/pages/2"))
                .path("output")
                .path(0)
                .path("url")
                .asString();
        assertThat(server.get(later).statusCode()).isEqualTo(200);
    }

    @Test
    void whatTheClientShouldKnowStandsOnEveryPageFromTheFirst() {
        String job = exports.start("/Group/ring/$export" + PAGED);
        exports.units.run(job, 1, 1);
        HttpResponse<String> tooSoon = server.get(job);
        exports.units.run(job, 0, 0);

        ObjectNode first = json(server.get(job));

        assertThat(tooSoon.statusCode()).isEqualTo(202);
        assertThat(tooSoon.body()).isEmpty();
        assertThat(server.get(first.path("error").path(0).path("url").asString())
                        .body())
                .contains("Group/missing");
        assertThat(exports.pages(exports.end(job)))
                .hasSizeGreaterThan(1)
                .allSatisfy(page -> assertThat(page.path("error")).isEqualTo(first.path("error")));
    }

    @Test
    void deletionsStandOnThePageOfTheirUnit() {
        Ward.load(server, "{\"resourceType\":\"Device\",\"id\":\"lost\"}\n");
        String since = exports.whole("/$export").transactionTime();
        Ward.load(server, "{\"resourceType\":\"Device\",\"id\":\"new\"}\n");
        server.delete("/Device/lost");
        Export plain = exports.whole("/$export?_since=" + since);
        String job = exports.start("/$export" + PAGED + "&_since=" + since + "&_until=" + plain.transactionTime());
        exports.units.run(job, 0, 0);
        server.get(job);

        List<ObjectNode> pages = exports.pages(exports.end(job));

        assertThat(pages).hasSize(2).allMatch(page -> page.path("deleted").isArray());
        assertThat(PagedExports.files(pages, "output"))
                .isEqualTo(PagedExports.files(List.of(plain.manifest()), "output"));
        assertThat(PagedExports.files(pages, "deleted"))
                .hasSize(1)
                .isEqualTo(PagedExports.files(List.of(plain.manifest()), "deleted"));
    }

    @Test
    void theFilesOverWhichABlockGoesOnAreOnOnePage() {
        Ward.load(
                server,
                IntStream.range(0, 10)
                        .mapToObj(
                                n -> "{\"resourceType\":\"Observation\",\"id\":\"bob-" + n + "\",\"status\":\"final\","
                                        + "\"code\":{\"text\":\"" + "x".repeat(400) + "\"},"
                                        + "\"subject\":{\"reference\":\"Patient/bob\"}}\n")
                        .collect(Collectors.joining()));
        String job = exports.start("/Patient/$export" + PAGED + "&organizeOutputBy=Patient");
        int count = exports.units.count(job);
        for (int unit = 0; unit < count; unit++) {
            exports.units.run(job, unit, unit);
            server.get(job);
        }

        List<ObjectNode> pages = exports.pages(exports.end(job));

        List<String> continuations = new ArrayList<>();
        for (ObjectNode page : pages) {
            List<String> urls = page.path("output").findValuesAsString("url");
            page.path("output").findValuesAsString("continuesInFile").forEach(url -> {
                assertThat(urls).contains(url);
                continuations.add(url);
            });
        }
        assertThat(pages).hasSizeGreaterThan(1);
        assertThat(continuations).hasSizeGreaterThan(3);
    }

    @Test
    void anEmptyPageIsNotReturnedWhileTheExportRuns() {
        String job = exports.start("/$export" + PAGED + "&_type=Patient,Basic&_typeFilter=Basic%3Fcreated=1900-01-01"
                + "&_typeFilter=Patient%3Fgender=unknown");
        exports.units.run(job, 0, 1);
        HttpResponse<String> running = server.get(job);

        List<ObjectNode> pages = exports.pages(exports.end(job));

        assertThat(running.statusCode()).isEqualTo(202);
        assertThat(running.body()).isEmpty();
        assertThat(pages).singleElement().satisfies(page -> {
            assertThat(page.path("output").isArray()).isTrue();
            assertThat(page.path("output")).isEmpty();
            assertThat(page.has("link")).isFalse();
        });
        assertThat(exports.client
                        .export("/$export" + PAGED + "&_type=Media")
                        .manifest()
                        .path("output"))
                .isEmpty();
    }

    @Test
    void whatIsKnownOnlyAtTheEndIsOnNoPage() {
        String filtered = "/$export?_type=Patient&_typeFilter=Patient%3Fgender=male";

        assertThat(exports.whole(filtered).manifest().has("extension")).isTrue();
        assertThat(exports.whole(filtered + "&allowPartialManifests=true")
                        .manifest()
                        .has("extension"))
                .isFalse();
    }
}
