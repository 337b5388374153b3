package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowStream;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the search for Groups, so that a client can find the groups to export. It is the only search of the server.
 * Groups are few, so it reads each of them.
 */
@RestController
class GroupController {
    /** Later than any version: what is current then is current now. */
    private static final Instant ALWAYS = Instant.parse("9999-12-31T23:59:59Z");

    private final RowStream rows;
    private final BaseUrl base;

    GroupController(RowStream rows, BaseUrl base) {
        this.rows = rows;
        this.base = base;
    }

    @GetMapping(
            path = "/fhir/Group",
            produces = {RequestBody.FHIR_JSON, RequestBody.JSON})
    void search(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Predicate<ObjectNode> filter = filter(request.getParameterMap());
        response.setContentType(RequestBody.FHIR_JSON);
        String query = request.getQueryString();
        Matches matches = new Matches(response.getOutputStream(), base.of(request));
        matches.begin(query == null ? "" : "?" + query);
        rows.read(
                RowQuery.everything(ResourceType.GROUP, ALWAYS),
                KeyRange.ALL,
                (buffer, offset, length) -> {
                    byte[] body = Arrays.copyOfRange(buffer, offset, offset + length);
                    ObjectNode group = FhirJson.stored(body);
                    if (filter.test(group)) {
                        matches.add(group.path("id").asString(), body);
                    }
                },
                canceller -> {});
        matches.end();
    }

    private static Predicate<ObjectNode> filter(Map<String, String[]> parameters) {
        Predicate<ObjectNode> all = group -> true;
        for (Map.Entry<String, String[]> parameter : parameters.entrySet()) {
            for (String value : parameter.getValue()) {
                all = all.and(condition(parameter.getKey(), value));
            }
        }
        return all;
    }

    private static Predicate<ObjectNode> condition(String name, String value) {
        return switch (name) {
            case "_id" -> {
                List<String> ids = List.of(value.split(",", -1));
                yield group -> ids.contains(group.path("id").asString());
            }
            case "identifier" -> IdentifierQuery.of(ResourceType.GROUP, value)::matches;
            case "name" -> {
                String start = value.toLowerCase(Locale.ROOT);
                yield group ->
                        group.path("name").asString("").toLowerCase(Locale.ROOT).startsWith(start);
            }
            default ->
                throw FhirException.of(
                        400,
                        "not-supported",
                        "The search parameter '" + name
                                + "' is not supported; use _id, identifier or name, or read all Groups.");
        };
    }

    /** Writes a searchset Bundle as it is found, so that it is never in memory as a whole. */
    private static final class Matches {
        private final OutputStream out;
        private final String base;
        private long total;

        Matches(OutputStream out, String base) {
            this.out = out;
            this.base = base;
        }

        void begin(String query) {
            write("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"self\",\"url\":"
                    + FhirJson.MAPPER.writeValueAsString(base + "/Group" + query) + "}]");
        }

        void add(String id, byte[] body) {
            write((total == 0 ? ",\"entry\":[" : ",") + "{\"fullUrl\":\"" + base + "/Group/" + id + "\",\"resource\":");
            write(body);
            write(",\"search\":{\"mode\":\"match\"}}");
            total++;
        }

        void end() {
            write((total == 0 ? "" : "]") + ",\"total\":" + total + "}");
        }

        private void write(String text) {
            write(text.getBytes(StandardCharsets.UTF_8));
        }

        private void write(byte[] text) {
            try {
                out.write(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
