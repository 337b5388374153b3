package dev.sluice.blob;

/**
 * Content that is compressed already: deflate blocks, none of them final, the last one an empty stored block, so that they
 * end on a byte boundary. Such data can be joined; it refers to nothing before its own beginning.
 *
 * @param buffer holds the data
 * @param offset where the data begins
 * @param length of the data, in bytes
 * @param contentBytes length of the content
 * @param contentCrc32 CRC-32 of the content
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4">RFC 1951, section 3.2.4</a>
 */
public record DeflatedLines(byte[] buffer, int offset, int length, int contentBytes, int contentCrc32) {
    /** An empty stored block from its first whole byte on. */
    private static final byte[] END = {0, 0, (byte) 0xff, (byte) 0xff};

    /** Refuses data that cannot be joined, which its last bytes tell. */
    void check() {
        for (int i = 0; i < END.length; i++) {
            if (length < END.length || buffer[offset + length - END.length + i] != END[i]) {
                throw damaged("it does not end with an empty block");
            }
        }
    }

    static IllegalStateException damaged(String why) {
        return new IllegalStateException("Compressed content is damaged: " + why + ".");
    }
}
