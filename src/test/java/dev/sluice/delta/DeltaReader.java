package dev.sluice.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import dev.sluice.lake.DuckDb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/** Reads a table as the protocol of Delta Lake says, and checks what the protocol asks of writers. */
public final class DeltaReader {
    private final Path table;

    private DeltaReader(Path table) {
        this.table = table;
    }

    public static DeltaReader of(Path table) {
        return new DeltaReader(table);
    }

    /** The last version; -1 = there is no table. */
    public long version() {
        long version = -1;
        while (Files.exists(log(version + 1))) {
            version++;
        }
        return version;
    }

    /** The rows of a version, with these columns. */
    public List<String> rows(long version, String columns) {
        Map<String, JsonNode> files = files(version);
        if (files.isEmpty()) {
            return List.of();
        }
        String paths = files.keySet().stream()
                .map(path -> "'" + table.resolve(path) + "'")
                .collect(Collectors.joining(", "));
        List<String> rows = DuckDb.rows("select " + columns + " from read_parquet([" + paths + "]) order by id");
        assertThat(files.values().stream()
                        .mapToLong(file -> stats(file).path("numRecords").asLong())
                        .sum())
                .isEqualTo(rows.size());
        return rows;
    }

    /** The files of a version, by their paths. */
    public Map<String, JsonNode> files(long version) {
        Map<String, JsonNode> files = new LinkedHashMap<>();
        for (long next = 0; next <= version; next++) {
            List<JsonNode> actions = actions(next);
            assertThat(actions.get(0).has("commitInfo")).isTrue();
            assertThat(actions.stream().filter(action -> action.has("metaData")))
                    .hasSizeBetween(next == 0 ? 1 : 0, 1);
            assertThat(actions.stream().filter(action -> action.has("protocol")))
                    .hasSize(next == 0 ? 1 : 0);
            for (JsonNode action : actions) {
                if (action.has("remove")) {
                    assertThat(files.remove(action.at("/remove/path").asString()))
                            .isNotNull();
                }
            }
            for (JsonNode action : actions) {
                if (action.has("add")) {
                    JsonNode add = action.path("add");
                    String path = add.path("path").asString();
                    assertThat(files.put(path, add)).as(path).isNull();
                    assertThat(table.resolve(path)).hasSize(add.path("size").asLong());
                }
            }
        }
        return files;
    }

    /** The names and types of the columns of a version. */
    public List<String> columns(long version) {
        List<JsonNode> tables = LongStream.rangeClosed(0, version)
                .boxed()
                .flatMap(next -> actions(next).stream())
                .filter(action -> action.has("metaData"))
                .map(action -> action.path("metaData"))
                .toList();
        assertThat(tables)
                .extracting(table -> table.path("id").asString())
                .containsOnly(tables.get(0).path("id").asString());
        return FhirJson.MAPPER
                .readTree(tables.get(tables.size() - 1).path("schemaString").asString())
                .path("fields")
                .valueStream()
                .map(field -> field.path("name").asString() + " "
                        + field.path("type").asString(field.path("type").toString()))
                .toList();
    }

    /** The actions of one version. */
    public List<JsonNode> actions(long version) {
        try {
            List<JsonNode> actions = new ArrayList<>();
            for (String line : Files.readAllLines(log(version))) {
                JsonNode action = FhirJson.MAPPER.readTree(line);
                assertThat(action.size()).isEqualTo(1);
                actions.add(action);
            }
            return actions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The statistics of an added file. */
    public static JsonNode stats(JsonNode add) {
        return FhirJson.MAPPER.readTree(add.path("stats").asString());
    }

    private Path log(long version) {
        return table.resolve(String.format(Locale.ROOT, "_delta_log/%020d.json", version));
    }
}
