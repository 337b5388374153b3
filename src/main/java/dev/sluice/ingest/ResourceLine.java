package dev.sluice.ingest;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.store.Draft;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The NDJSON line of a resource, but for the two values that only the store knows.
 *
 * <p>It is the text that the client sent, byte for byte, without white space between tokens and without the
 * {@code versionId} and {@code lastUpdated} of its {@code meta}; both are put at the front of {@code meta}.
 */
final class ResourceLine implements Draft.Line {
    private final byte[] text;
    private final int stampAt;

    /**
     * @param text the line with a {@code meta} object
     * @param stampAt the position behind the opening brace of {@code meta}
     */
    ResourceLine(byte[] text, int stampAt) {
        this.text = text;
        this.stampAt = stampAt;
    }

    /** Roughly the bytes that the line takes. */
    int size() {
        return text.length;
    }

    @Override
    public byte[] stamp(int versionId, Instant lastUpdated) {
        boolean alone = text[stampAt] == '}';
        byte[] stamp = ("\"versionId\":\"" + versionId + "\",\"lastUpdated\":\"" + FhirInstant.format(lastUpdated) + '"'
                        + (alone ? "" : ","))
                .getBytes(StandardCharsets.US_ASCII);
        byte[] line = new byte[text.length + stamp.length];
        System.arraycopy(text, 0, line, 0, stampAt);
        System.arraycopy(stamp, 0, line, stampAt, stamp.length);
        System.arraycopy(text, stampAt, line, stampAt + stamp.length, text.length - stampAt);
        return line;
    }
}
