package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static dev.sluice.export.PagedExports.PAGED;
import static dev.sluice.export.PagedExports.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The list of files that people look at, which gives a part of a manifest and signs nothing. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class FileListTest {
    private final PagedExports exports = new PagedExports();
    private final SluiceServer server = exports.server;

    @AfterAll
    void stop() {
        exports.close();
    }

    @Test
    void allPartsTogetherHaveTheFilesOfTheManifestInItsOrder() {
        String job = exports.start(
                "/$export?_since=2020-01-01T00:00:00Z&_type=Patient,Basic&_typeFilter=Patient?gender=female");
        JsonNode manifest = json(exports.end(job));

        List<JsonNode> files = new ArrayList<>();
        JsonNode part = part(job, 0, 3);
        while (true) {
            assertThat(part.path("files").size()).isBetween(1, 3);
            part.path("files").forEach(files::add);
            if (part.path("next").isNull()) {
                break;
            }
            assertThat(part.path("next").asInt()).isEqualTo(files.size());
            part = part(job, files.size(), 3);
        }

        List<JsonNode> stated = Stream.of("output", "deleted", "error")
                .flatMap(list -> manifest.path(list).valueStream())
                .toList();
        assertThat(stated).hasSizeGreaterThan(6);
        assertThat(files).extracting(file -> file.path("url")).isEqualTo(texts(stated, "url"));
        assertThat(files).extracting(file -> file.path("type")).isEqualTo(texts(stated, "type"));
        assertThat(files).extracting(file -> file.path("count")).isEqualTo(texts(stated, "count"));
        assertThat(files)
                .extracting(file -> file.path("sha256"))
                .isEqualTo(stated.stream()
                        .map(file -> file.at("/extension/sha256"))
                        .toList());
        assertThat(files).extracting(file -> file.path("list").asString()).contains("output", "deleted");
        assertThat(part.path("total").asInt()).isEqualTo(files.size());
        assertThat(part.path("bytes").asLong())
                .isEqualTo(stated.stream()
                        .mapToLong(file -> file.at("/extension/bytes").asLong())
                        .sum());
        assertThat(part.path("filters")).isEqualTo(manifest.at("/extension/filters"));
        assertThat(part(job, files.size(), 3).path("files")).isEmpty();
        assertThat(part(job, files.size(), 3).path("next").isNull()).isTrue();
    }

    @Test
    void whileAnExportWithPartialManifestsRunsItsFilesAreListed() {
        String job = exports.start("/$export" + PAGED);
        assertThat(part(job, 0, 100).path("files")).isEmpty();
        exports.units.run(job, 0, 0);

        JsonNode first = part(job, 0, 100);

        assertThat(first.path("total").asInt()).isEqualTo(1);
        JsonNode file = first.path("files").path(0);
        assertThat(server.get(file.path("url").asString()).body().lines().count())
                .isEqualTo(file.path("count").asLong());
        exports.units.run(job, 1, 1);
        assertThat(part(job, 0, 100).path("total").asInt()).isEqualTo(2);
        exports.end(job);
        assertThat(part(job, 0, 1).path("total").asInt()).isGreaterThan(2);
    }

    @Test
    void anExportWithoutPartialManifestsListsNothingBeforeItsEnd() {
        String job = exports.start("/$export");
        exports.units.run(job, 0, 0);

        assertThat(part(job, 0, 100).path("files")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?count=0", "?count=201", "?after=-1"})
    void aPartThatCannotBeIsRefused(String query) {
        String job = exports.start("/$export");

        assertThat(outcome(400, server.get(job + "/files" + query))).hasSize(1);
    }

    private static List<JsonNode> texts(List<JsonNode> files, String name) {
        return files.stream().map(file -> file.path(name)).toList();
    }

    private JsonNode part(String job, int after, int count) {
        return json(server.get(job + "/files?after=" + after + "&count=" + count));
    }
}
