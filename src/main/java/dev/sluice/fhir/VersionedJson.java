package dev.sluice.fhir;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes versioned JSON that a process stores for later processes, which may be of another version of Sluice.
 * The property {@code version} is the version of the form; an object without it has form 1.
 */
public final class VersionedJson {
    private static final String VERSION = "version";
    private static final int FIRST = 1;

    private VersionedJson() {}

    /** A value with the version of its form. */
    public static String write(Object value, int version) {
        ObjectNode tree = FhirJson.MAPPER.valueToTree(value);
        return tree.put(VERSION, version).toString();
    }

    /**
     * Reads a value.
     *
     * @param version the one form that this process knows
     * @param what names it, such as {@code export 1}
     * @throws FhirException 500 if it was written in an older form or cannot be read, 503 if it was in a newer one: then a
     *     process of the newer version can read it
     */
    public static <T> T read(String text, TypeReference<T> type, int version, String what) {
        return find(text, type, version, what).orElseThrow(() -> older(what));
    }

    /** The same for a value that may have any form from the oldest of these to the newest; they differ in what they allow. */
    public static <T> T read(String text, TypeReference<T> type, int oldest, int newest, String what) {
        return find(text, type, oldest, newest, what).orElseThrow(() -> older(what));
    }

    /** The same, but empty if the value was written in an older form. */
    public static <T> Optional<T> find(String text, TypeReference<T> type, int version, String what) {
        return find(text, type, version, version, what);
    }

    /** The same for a value that may have any form from the oldest of these to the newest. */
    public static <T> Optional<T> find(String text, TypeReference<T> type, int oldest, int newest, String what) {
        try {
            int written = version(text);
            if (written > newest) {
                throw FhirException.of(
                        503,
                        "transient",
                        "The " + what + " was made by a newer version of Sluice (its form is " + written
                                + "), and this process reads form " + newest + ". Ask again; a process of the newer"
                                + " version answers. If there is none any more, DELETE the job and start it again.",
                        new NewerFormException(what + " has form " + written));
            }
            return written >= oldest
                    ? Optional.of(FhirJson.MAPPER.readerFor(type).readValue(text))
                    : Optional.empty();
        } catch (JacksonException e) {
            throw older(what); // the message of the exception may hold a part of the request
        }
    }

    /** Found without a tree of the whole value, which can be some megabytes long. */
    private static int version(String text) {
        int version = FIRST;
        try (JsonParser json = FhirJson.MAPPER.createParser(text)) {
            json.nextToken();
            for (JsonToken token = json.nextToken(); token == JsonToken.PROPERTY_NAME; token = json.nextToken()) {
                boolean found = VERSION.equals(json.currentName());
                token = json.nextToken();
                if (found && token.isNumeric()) {
                    version = json.getIntValue();
                }
                json.skipChildren();
            }
        }
        return version;
    }

    private static FhirException older(String what) {
        return FhirException.of(
                500,
                "exception",
                "The " + what
                        + " was made by an older version of Sluice, in a form that this one cannot read. DELETE the"
                        + " job, which erases its files, and start it again.");
    }
}
