package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** An export that is organised by blocks, as a client reads it; fails the test where it is not as the IG has it. */
final class OrganizedExports {
    private static final String HEADER = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"header\","
            + "\"valueReference\":{\"reference\":\"";

    private final SluiceServer server;
    private final Export export;
    private final Map<String, List<String>> blocks = new LinkedHashMap<>();
    private final Map<String, Set<Integer>> files = new TreeMap<>();
    private String head = "";

    private OrganizedExports(SluiceServer server, Export export) {
        this.server = server;
        this.export = export;
    }

    /** Downloads the files of an export. */
    static OrganizedExports of(SluiceServer server, Export export) {
        OrganizedExports blocked = new OrganizedExports(server, export);
        blocked.read();
        return blocked;
    }

    /** The lines of each block without its headers, by what these name, in the order of the files. */
    Map<String, List<String>> blocks() {
        return blocks;
    }

    /** {@code Type/id} of the lines of a block, in their order. */
    List<String> keys(String head) {
        return blocks.getOrDefault(head, List.of()).stream()
                .map(ExportClient::key)
                .toList();
    }

    /** The lines of all blocks, each once. */
    Set<String> lines() {
        Set<String> lines = new TreeSet<>();
        blocks.values().forEach(lines::addAll);
        return lines;
    }

    /** The numbers of the files, from 0, that a block stands in. */
    Set<Integer> files(String head) {
        return files.getOrDefault(head, Set.of());
    }

    /** The bytes of a block's lines, without headers. */
    int bytes(String head) {
        return blocks.getOrDefault(head, List.of()).stream()
                .mapToInt(line -> line.getBytes(StandardCharsets.UTF_8).length + 1)
                .sum();
    }

    /** What the {@code error} file says. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (JsonNode file : export.manifest().path("error")) {
            for (String line :
                    server.get(file.path("url").asString()).body().lines().toList()) {
                notes.add(FhirJson.MAPPER
                        .readTree(line)
                        .path("issue")
                        .path(0)
                        .path("diagnostics")
                        .asString());
            }
        }
        return notes;
    }

    private void read() {
        String goesOnIn = "";
        int number = 0;
        for (JsonNode file : export.manifest().path("output")) {
            String url = file.path("url").asString();
            assertThat(file.has("type")).isFalse();
            boolean goesOn = !goesOnIn.isEmpty();
            if (goesOn) {
                assertThat(url).as("where the block of " + head + " goes on").isEqualTo(goesOnIn);
            }
            read(file, server.get(url).body(), number++, goesOn);
            goesOnIn = file.path("continuesInFile").asString("");
        }
        assertThat(goesOnIn).as("where the last block goes on").isEmpty();
    }

    private void read(JsonNode file, String body, int number, boolean goesOn) {
        assertThat(body.getBytes(StandardCharsets.UTF_8))
                .hasSize(file.path("extension").path("bytes").asInt());
        List<String> lines = body.lines().toList();
        assertThat(lines.get(0)).startsWith(HEADER);
        int headers = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(HEADER)) {
                blocks.computeIfAbsent(head, any -> new ArrayList<>()).add(lines.get(i));
                continue;
            }
            String before = head;
            head = lines.get(i).substring(HEADER.length(), lines.get(i).length() - "\"}}]}".length());
            assertThat(head)
                    .startsWith(export.manifest().path("outputOrganizedBy").asString() + "/");
            assertThat(head.equals(before)).as("repeats " + before).isEqualTo(goesOn && i == 0);
            assertThat(blocks.containsKey(head)).as("goes on " + head).isEqualTo(goesOn && i == 0);
            assertThat(i).as("the header before this one is of a block").isLessThan(lines.size() - 1);
            assertThat(lines.get(i + 1)).doesNotStartWith(HEADER);
            files.computeIfAbsent(head, any -> new TreeSet<>()).add(number);
            headers++;
        }
        assertThat(lines.size() - headers).isEqualTo(file.path("count").asInt());
        assertThat(blocks.get(head)).doesNotHaveDuplicates();
    }
}
