package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A client that holds what a chain of exports told it: it applies deletions, then resources, and checks the IG's rules. */
final class Mirror {
    private final SluiceServer server;
    private final Map<String, String> resources = new HashMap<>();
    private String since = "2000-01-01T00:00:00Z";

    Mirror(SluiceServer server) {
        this.server = server;
    }

    /** Where the next export of the chain begins: the transaction time of the last one. */
    String since() {
        return since;
    }

    /** The lines that the client holds. */
    Collection<String> lines() {
        return resources.values();
    }

    /** Takes the next export of the chain. */
    void apply(Export export) {
        List<String> keys = export.keys();
        List<String> deleted = deleted(server, export);
        assertThat(keys).as("each resource once").doesNotHaveDuplicates();
        assertThat(deleted).as("each deletion once").doesNotHaveDuplicates();
        assertThat(Collections.disjoint(keys, deleted))
                .as("nothing is there and deleted")
                .isTrue();
        deleted.forEach(resources::remove);
        export.all().forEach(line -> resources.put(ExportClient.key(line), line));
        since = export.transactionTime();
    }

    /** What an export says is gone, as {@code Type/id}. */
    static List<String> deleted(SluiceServer server, Export export) {
        List<String> deleted = new ArrayList<>();
        for (String bundle : bundles(server, export)) {
            for (JsonNode entry : FhirJson.MAPPER.readTree(bundle).path("entry")) {
                assertThat(entry.path("request").path("method").asString()).isEqualTo("DELETE");
                deleted.add(entry.path("request").path("url").asString());
            }
        }
        return deleted;
    }

    /** The lines of an export's {@code deleted} files. */
    static List<String> bundles(SluiceServer server, Export export) {
        List<String> bundles = new ArrayList<>();
        for (JsonNode file : export.manifest().path("deleted")) {
            assertThat(file.path("type").asString()).isEqualTo("Bundle");
            List<String> lines =
                    server.get(file.path("url").asString()).body().lines().toList();
            assertThat(lines).hasSize(file.path("count").asInt());
            bundles.addAll(lines);
        }
        return bundles;
    }
}
