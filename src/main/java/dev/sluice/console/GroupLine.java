package dev.sluice.console;

import dev.sluice.fhir.FhirJson;
import dev.sluice.store.RowReader;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Group in the list of groups.
 *
 * @param name empty if it has none, or is too large to be read for a list
 * @param members the number of its members; null if it is too large to be read for a list
 * @param bytes its size
 */
record GroupLine(String id, String name, @Nullable Long members, long bytes, Instant updated) {
    static GroupLine of(RowReader.ListedRow row) {
        String id = row.version().key().id();
        byte[] body = row.version().body();
        if (body.length == 0) {
            return new GroupLine(id, "", null, row.bytes(), row.version().lastUpdated());
        }
        ObjectNode group = FhirJson.parseObject(body);
        long members = 0;
        for (JsonNode member : group.path("member")) {
            members += member.path("inactive").asBoolean(false) ? 0 : 1;
        }
        return new GroupLine(
                id,
                group.path("name").asString(""),
                members,
                row.bytes(),
                row.version().lastUpdated());
    }
}
