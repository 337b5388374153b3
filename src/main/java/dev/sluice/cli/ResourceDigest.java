package dev.sluice.cli;

import dev.sluice.fhir.FhirJson;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One line as {@code compare} sees it.
 *
 * @param type the resource type, empty if the line has none
 * @param id the logical id, empty if the line has none
 * @param version {@code meta.versionId}, if the line has one
 * @param content a hash, 64 bits of a SHA-256, of the JSON without {@code meta.versionId} and {@code meta.lastUpdated};
 *     the order of properties and white space do not count, and numbers count by their text. Two contents that are not
 *     the same share it with a probability of 2<sup>-64</sup>.
 */
record ResourceDigest(String type, String id, @Nullable String version, long content) {
    /**
     * Reads a line.
     *
     * @throws CliException if it is not one valid JSON object
     */
    static ResourceDigest of(byte[] line) {
        try (JsonParser in = FhirJson.MAPPER.createParser(line)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new CliException("it is no JSON object");
            }
            CanonicalJson json = new CanonicalJson(in);
            String content = json.object(ObjectLevel.RESOURCE);
            if (in.nextToken() != null) {
                throw new CliException("something follows the JSON object");
            }
            return new ResourceDigest(
                    json.type,
                    json.id,
                    json.version,
                    ByteBuffer.wrap(DigestUtils.sha256(content)).getLong());
        } catch (JacksonException e) {
            throw new CliException("it is not valid JSON: " + e.getOriginalMessage());
        }
    }

    KeyHash key() {
        return KeyHash.of(type, id);
    }

    /** The objects whose properties mean something here. */
    private enum ObjectLevel {
        RESOURCE,
        META,
        OTHER
    }

    /**
     * Writes JSON in one form only: properties sorted, texts with their length before them, so that no two values have
     * the same form.
     */
    private static final class CanonicalJson {
        private final JsonParser in;
        private String type = "";
        private String id = "";
        private @Nullable String version;

        CanonicalJson(JsonParser in) {
            this.in = in;
        }

        private String object(ObjectLevel level) {
            Map<String, String> members = new TreeMap<>();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                JsonToken token = in.nextToken();
                note(level, name, token);
                if (level == ObjectLevel.META && (name.equals("versionId") || name.equals("lastUpdated"))) {
                    in.skipChildren();
                } else {
                    boolean meta = level == ObjectLevel.RESOURCE && name.equals("meta");
                    members.put(name, value(token, meta ? ObjectLevel.META : ObjectLevel.OTHER));
                }
            }
            if (level == ObjectLevel.RESOURCE) {
                // Only the two properties that do not count were in it: the same as no meta at all.
                members.remove("meta", "{}");
            }
            StringBuilder text = new StringBuilder("{");
            members.forEach((name, value) -> text.append(text('s', name)).append(value));
            return text.append('}').toString();
        }

        private String array() {
            StringBuilder text = new StringBuilder("[");
            for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
                text.append(value(token, ObjectLevel.OTHER));
            }
            return text.append(']').toString();
        }

        private String value(JsonToken token, ObjectLevel level) {
            return switch (token) {
                case START_OBJECT -> object(level);
                case START_ARRAY -> array();
                case VALUE_STRING -> text('s', in.getString());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> text('n', in.getString());
                default -> text('w', in.getString());
            };
        }

        private static String text(char kind, String text) {
            return kind + (text.length() + ":") + text;
        }

        private void note(ObjectLevel level, String name, JsonToken token) {
            if (token != JsonToken.VALUE_STRING) {
                return;
            }
            if (level == ObjectLevel.RESOURCE && name.equals("resourceType")) {
                type = in.getString();
            } else if (level == ObjectLevel.RESOURCE && name.equals("id")) {
                id = in.getString();
            } else if (level == ObjectLevel.META && name.equals("versionId")) {
                version = in.getString();
            }
        }
    }
}
