package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.VersionCondition;
import java.util.Base64;
import java.util.Objects;
import org.apache.commons.lang3.EnumUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parsed {@code Bundle.entry.request}.
 *
 * @param key the resource that its url names; null for a create, and where a condition finds it
 * @param query the condition of its url, or its {@code ifNoneExist}; null if there is none
 */
record EntryRequest(
        Method method,
        ResourceType type,
        @Nullable ResourceKey key,
        @Nullable IdentifierQuery query,
        @Nullable String ifMatch,
        @Nullable String ifNoneMatch) {
    /** What can be done. */
    enum Method {
        GET("[type]/[id]"),
        POST("[type]"),
        PUT("[type]/[id] or [type]?identifier=[system]|[value]"),
        PATCH("[type]/[id] or [type]?identifier=[system]|[value]"),
        DELETE("[type]/[id] or [type]?identifier=[system]|[value]");

        private final String url;

        Method(String url) {
            this.url = url;
        }
    }

    static EntryRequest of(BundleEntry entry) {
        if (entry.fault() != null) {
            throw entry.fault();
        }
        JsonNode request = entry.request();
        if (request == null) {
            throw FhirException.invalid("The entry has no 'request', which says what to do with it.");
        }
        Method method = method(required(request, "method"));
        String url = required(request, "url");
        String path = url.startsWith("/") ? url.substring(1) : url;
        int mark = path.indexOf('?');
        String[] parts = (mark < 0 ? path : path.substring(0, mark)).split("/", -1);
        boolean conditional = mark >= 0 && method != Method.GET && method != Method.POST;
        boolean create = method == Method.POST;
        if ((mark >= 0 && !conditional) || parts.length != (create || conditional ? 1 : 2)) {
            throw FhirException.of(
                    400,
                    "not-supported",
                    method + " '" + url + "' is not supported; " + method + " takes a request.url of the form "
                            + method.url + ".");
        }
        ResourceType type = ResourceType.of(parts[0]);
        String condition = conditional ? path.substring(mark) : create ? text(request, "ifNoneExist") : null;
        return new EntryRequest(
                method,
                type,
                create || conditional ? null : new ResourceKey(type, parts[1]),
                condition == null ? null : IdentifierQuery.parse(type, condition),
                text(request, "ifMatch"),
                text(request, "ifNoneMatch"));
    }

    /** Throws a 403 problem if the caller may not do this, or a 404 problem if the resource does not exist for it. */
    void requireAllowed(ResourceAccess access) {
        switch (method) {
            case GET -> access.read(named());
            case POST -> {
                access.create(type);
                if (query != null) {
                    access.foundBy(type);
                }
            }
            case PUT -> access.update(type);
            case PATCH -> access.patch(type);
            case DELETE -> access.delete(type);
        }
        if (query != null) {
            access.search(type);
        }
        if (method != Method.GET && (ifMatch != null || ifNoneMatch != null)) {
            access.compareVersion(type);
        }
    }

    /** Whether the entry brings a resource to be stored. */
    boolean writes() {
        return method == Method.POST || method == Method.PUT;
    }

    /** The entry's resource, of the type and under the id that the url says. */
    ResourceJson json(byte @Nullable [] resource) {
        if (resource == null) {
            throw FhirException.invalid(method + " needs a resource in the entry.");
        }
        ResourceJson json = ResourceJson.parse(resource);
        json.require(type, key == null ? null : key.id());
        return json;
    }

    /** What must hold of the current version for the entry to be done. */
    VersionCondition condition() {
        return VersionTag.condition(ifMatch, ifNoneMatch);
    }

    /** The JSON Patch that the entry brings, as the data of a Binary. */
    JsonPatch patch(byte @Nullable [] resource) {
        ObjectNode binary = resource == null
                ? FhirJson.MAPPER.createObjectNode()
                : ResourceJson.parse(resource).tree();
        if (!binary.path("resourceType").asString("").equals("Binary")
                || !binary.path("contentType").asString("").equals(JsonPatch.MEDIA_TYPE)) {
            throw FhirException.invalid("PATCH needs a Binary in the entry, with the contentType "
                    + JsonPatch.MEDIA_TYPE + " and the patch as its data.");
        }
        try {
            return JsonPatch.parse(
                    Base64.getMimeDecoder().decode(binary.path("data").asString("")));
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid("Binary.data is not base64: " + e.getMessage());
        }
    }

    /** The resource that the url names. */
    ResourceKey named() {
        return Objects.requireNonNull(key);
    }

    private static Method method(String name) {
        Method method = EnumUtils.getEnum(Method.class, name);
        if (method == null) {
            throw FhirException.of(
                    400, "not-supported", "request.method is '" + name + "'; use GET, POST, PUT, PATCH or DELETE.");
        }
        return method;
    }

    private static String required(JsonNode request, String name) {
        String value = text(request, name);
        if (value == null) {
            throw FhirException.invalid("The entry's request has no '" + name + "'; "
                    + (name.equals("method") ? "use GET, POST, PUT, PATCH or DELETE." : "write such as [type]/[id]."));
        }
        return value;
    }

    private static @Nullable String text(JsonNode request, String name) {
        JsonNode value = request.get(name);
        if (value != null && !value.isString()) {
            throw FhirException.invalid("request." + name + " must be a string, in double quotes.");
        }
        return value == null ? null : value.stringValue();
    }
}
