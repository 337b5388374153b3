package dev.sluice.ingest;

import dev.sluice.store.ResourceWrite;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The NDJSON line of a resource, without the two values that the store assigns.
 *
 * <p>It is the text that the client sent, byte for byte, without white space between tokens and without the {@code
 * versionId} and {@code lastUpdated} of its {@code meta}; both are put at the front of {@code meta}.
 */
final class ResourceLine implements ResourceWrite.Line {
    private final ByteBuffer text;
    private final int stampAt;
    private final boolean sharesBuffer;

    /**
     * @param text from its position 0 on, the line with a {@code meta} object
     * @param stampAt the position behind the opening brace of {@code meta}
     * @param sharesBuffer whether it lies in the array that the resource was read into
     */
    ResourceLine(ByteBuffer text, int stampAt, boolean sharesBuffer) {
        this.sharesBuffer = sharesBuffer;
        this.text = text;
        this.stampAt = stampAt;
    }

    /** Roughly the bytes that the line takes. */
    int size() {
        return text.limit();
    }

    /** Whether the array that the resource was read into must stay as it is until the line is written. */
    boolean sharesBuffer() {
        return sharesBuffer;
    }

    @Override
    public byte[] stamp(int versionId, String lastUpdated) {
        List<ByteBuffer> pieces = pieces(versionId, lastUpdated);
        ByteBuffer line = ByteBuffer.allocate(
                pieces.stream().mapToInt(ByteBuffer::remaining).sum());
        pieces.forEach(line::put);
        return line.array();
    }

    @Override
    public List<ByteBuffer> pieces(int versionId, String lastUpdated) {
        boolean alone = text.get(stampAt) == '}';
        byte[] stamp = ("\"versionId\":\"" + versionId + "\",\"lastUpdated\":\"" + lastUpdated + '"'
                        + (alone ? "" : ","))
                .getBytes(StandardCharsets.US_ASCII);
        return List.of(text.slice(0, stampAt), ByteBuffer.wrap(stamp), text.slice(stampAt, text.limit() - stampAt));
    }
}
