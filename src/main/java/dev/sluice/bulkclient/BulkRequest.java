package dev.sluice.bulkclient;

import dev.sluice.fhir.FhirJson;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request for an export.
 *
 * @param path below the FHIR base, such as {@code Patient/$export}
 * @param parameters of the operation, in order
 * @param lenient whether the server may ignore what it does not know
 * @param byPost whether the parameters are sent in a body; those that are long are sent so anyway
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-kick-off-request">Bulk Data IG, kick-off</a>
 */
public record BulkRequest(String path, List<Parameter> parameters, boolean lenient, boolean byPost) {
    /** The parameters that commands have options for. */
    public static final String SINCE = "_since";

    public static final String UNTIL = "_until";
    public static final String TYPE = "_type";
    public static final String TYPE_FILTER = "_typeFilter";
    public static final String ELEMENTS = "_elements";
    public static final String PARTIAL_MANIFESTS = "allowPartialManifests";

    /** Only the body of a POST may have it. */
    public static final String PATIENT = "patient";

    /** Some proxies and servers refuse longer URLs. */
    private static final int LONGEST_URL = 2_000;

    private static final Map<String, String> TYPES = Map.of(
            SINCE,
            "Instant",
            "_until",
            "Instant",
            "_till",
            "Instant",
            PARTIAL_MANIFESTS,
            "Boolean",
            PATIENT,
            "Reference");

    /** One parameter; several values are several parameters. */
    public record Parameter(String name, String value) {}

    /** The same request for what changed after a time. */
    public BulkRequest since(String time) {
        List<Parameter> all = new ArrayList<>(parameters);
        all.removeIf(parameter -> parameter.name().equals(SINCE));
        all.add(new Parameter(SINCE, time));
        return new BulkRequest(path, List.copyOf(all), lenient, byPost);
    }

    /** Whether the server may give pages of the manifest while it makes the other files. */
    boolean isPartial() {
        return parameters.contains(new Parameter(PARTIAL_MANIFESTS, "true"));
    }

    /** The HTTP request to a server. */
    HttpRequest to(ServerSession server) {
        return to(server.below(path))
                .header("Prefer", lenient ? "respond-async, handling=lenient" : "respond-async")
                .build();
    }

    /**
     * The HTTP request that asks a server of Sluice for an estimate of the export.
     *
     * @param base the FHIR base of the server
     */
    public HttpRequest estimate(URI base) {
        HttpRequest.Builder request = to(ServerSession.below(base, path + "-estimate"));
        return lenient ? request.header("Prefer", "handling=lenient").build() : request.build();
    }

    /** The parameters are sent to this URL, in a body if they name patients, whose ids no log of URLs is to have. */
    private HttpRequest.Builder to(URI url) {
        String withQuery = parameters.isEmpty() ? url.toString() : url + "?" + query();
        boolean body = byPost
                || withQuery.length() > LONGEST_URL
                || parameters.stream().anyMatch(parameter -> parameter.name().equals(PATIENT));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(body ? url : URI.create(withQuery)).header("Accept", "application/fhir+json");
        return body
                ? request.header("Content-Type", "application/fhir+json")
                        .POST(BodyPublishers.ofString(resource().toString()))
                : request;
    }

    /** The path and the query. */
    @Override
    public String toString() {
        return parameters.isEmpty() ? path : path + "?" + query();
    }

    private String query() {
        return parameters.stream()
                .map(parameter -> encoded(parameter.name()) + "=" + encoded(parameter.value()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2C", ",");
    }

    private ObjectNode resource() {
        ObjectNode resource = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = resource.putArray("parameter");
        for (Parameter parameter : parameters) {
            String type = TYPES.getOrDefault(parameter.name(), "String");
            ObjectNode item = list.addObject().put("name", parameter.name());
            switch (type) {
                case "Boolean" -> item.put("valueBoolean", Boolean.parseBoolean(parameter.value()));
                case "Reference" -> item.putObject("valueReference").put("reference", parameter.value());
                default -> item.put("value" + type, parameter.value());
            }
        }
        return resource;
    }
}
