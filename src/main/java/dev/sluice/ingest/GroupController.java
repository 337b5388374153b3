package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.MemoryBudget;
import dev.sluice.json.Spool;
import dev.sluice.json.TopLevelScanner;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.security.Interaction;
import dev.sluice.web.BaseUrl;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.commons.io.output.CloseShieldOutputStream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the search for Groups, so that a client can find the groups to export. It is the only search of the server.
 * Groups are few, so it reads each of them.
 */
@RestController
@Access(Access.Rule.CHECKED_BY_HANDLER)
class GroupController {
    /** A tree of all members would take thirty times the bytes of a Group. */
    private static final TopLevelScanner SEARCHED = new TopLevelScanner(Set.of("id", "identifier", "name"));

    private final GroupRows rows;
    private final BaseUrl base;

    GroupController(GroupRows rows, BaseUrl base) {
        this.rows = rows;
        this.base = base;
    }

    @GetMapping(
            path = "/fhir/Group",
            produces = {RequestBody.FHIR_JSON, RequestBody.JSON})
    void search(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Caller caller = Caller.of(request);
        caller.permissions().require(Interaction.READ, ResourceType.GROUP);
        caller.permissions().require(Interaction.SEARCH, ResourceType.GROUP);
        Predicate<ObjectNode> filter = filter(request.getParameterMap())
                .and(group -> caller.limits().allowsGroup(group.path("id").asString()));
        response.setContentType(RequestBody.FHIR_JSON);
        String query = request.getQueryString();
        String groups = base.of(request) + "/Group";
        RequestMemory memory = RequestMemory.of(request);
        Spool spool = memory.spool(); // the client may be slow
        JsonGenerator bundle = FhirJson.MAPPER.createGenerator(CloseShieldOutputStream.wrap(spool));
        bundle.writeStartObject();
        bundle.writeStringProperty("resourceType", "Bundle");
        bundle.writeStringProperty("type", "searchset");
        bundle.writeArrayPropertyStart("link");
        bundle.writeStartObject();
        bundle.writeStringProperty("relation", "self");
        bundle.writeStringProperty("url", query == null ? groups : groups + "?" + query);
        bundle.writeEndObject();
        bundle.writeEndArray();
        long total = writeMatches(bundle, filter, groups, memory.claim());
        bundle.writeNumberProperty("total", total);
        bundle.writeEndObject();
        bundle.close();
        response.setContentLengthLong(spool.size());
        spool.content().transferTo(response.getOutputStream());
    }

    /** Writes each match as it is found, so that the Bundle is never in memory as a whole. */
    private long writeMatches(
            JsonGenerator bundle, Predicate<ObjectNode> filter, String groups, MemoryBudget.Claim memory) {
        long[] total = {0};
        Set<String> seen = new HashSet<>();
        rows.each(memory, body -> {
            ObjectNode group = SEARCHED.read(body, 0, body.length);
            // A Group that is written meanwhile may come once more.
            if (filter.test(group) && seen.add(group.path("id").asString())) {
                if (total[0]++ == 0) {
                    bundle.writeArrayPropertyStart("entry");
                }
                bundle.writeStartObject();
                bundle.writeStringProperty(
                        "fullUrl", groups + "/" + group.path("id").asString());
                bundle.writeName("resource");
                bundle.writeRawValue(new String(body, StandardCharsets.UTF_8));
                bundle.writePOJOProperty("search", Map.of("mode", "match"));
                bundle.writeEndObject();
            }
        });
        if (total[0] > 0) {
            bundle.writeEndArray();
        }
        return total[0];
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
}
