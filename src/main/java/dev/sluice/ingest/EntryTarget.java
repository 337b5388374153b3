package dev.sluice.ingest;

import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.VersionCondition;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What {@code Bundle.entry.request} asks for.
 *
 * @param key the resource that its url names; null for a create
 */
record EntryTarget(
        Method method,
        ResourceType type,
        @Nullable ResourceKey key,
        @Nullable String ifMatch,
        @Nullable String ifNoneMatch,
        @Nullable String ifNoneExist) {
    /** What can be done. */
    enum Method {
        GET,
        POST,
        PUT,
        DELETE
    }

    static EntryTarget of(BundleEntry entry) {
        if (entry.fault() != null) {
            throw entry.fault();
        }
        JsonNode request = entry.request();
        if (request == null) {
            throw FhirProblem.invalid("The entry has no 'request', which says what to do with it.");
        }
        Method method = method(required(request, "method"));
        String url = required(request, "url");
        boolean create = method == Method.POST;
        String path = url.startsWith("/") ? url.substring(1) : url;
        String[] parts = path.split("/", -1);
        if (path.indexOf('?') >= 0 || parts.length != (create ? 1 : 2)) {
            throw FhirProblem.of(
                    400,
                    "not-supported",
                    method + " '" + url + "' is not supported; " + method + " takes a request.url of the form "
                            + (create ? "[type]." : "[type]/[id]."));
        }
        ResourceType type = ResourceType.of(parts[0]);
        return new EntryTarget(
                method,
                type,
                create ? null : new ResourceKey(type, parts[1]),
                text(request, "ifMatch"),
                text(request, "ifNoneMatch"),
                text(request, "ifNoneExist"));
    }

    /** Whether the entry brings a resource to be stored. */
    boolean writes() {
        return method == Method.POST || method == Method.PUT;
    }

    /** The entry's resource, of the type and under the id that the url says. */
    ResourceJson json(byte @Nullable [] resource) {
        if (resource == null) {
            throw FhirProblem.invalid(method + " needs a resource in the entry.");
        }
        ResourceJson json = ResourceJson.parse(resource);
        json.require(type, key == null ? null : key.id());
        return json;
    }

    /** What must hold of the current version for the entry to be done. */
    VersionCondition condition() {
        return VersionTag.condition(ifMatch, ifNoneMatch);
    }

    /** The resource that the url names. */
    ResourceKey named() {
        return Objects.requireNonNull(key);
    }

    private static Method method(String name) {
        return Arrays.stream(Method.values())
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> FhirProblem.of(
                        400, "not-supported", "request.method is '" + name + "'; use GET, POST, PUT or DELETE."));
    }

    private static String required(JsonNode request, String name) {
        String value = text(request, name);
        if (value == null) {
            throw FhirProblem.invalid("The entry's request has no '" + name + "'; "
                    + (name.equals("method") ? "use GET, POST, PUT or DELETE." : "write such as [type]/[id]."));
        }
        return value;
    }

    private static @Nullable String text(JsonNode request, String name) {
        JsonNode value = request.get(name);
        if (value != null && !value.isString()) {
            throw FhirProblem.invalid("request." + name + " must be a string, in double quotes.");
        }
        return value == null ? null : value.stringValue();
    }
}
