package dev.sluice.json;

import dev.sluice.fhir.FhirException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Validates that bytes are UTF-8. Otherwise PostgreSQL would refuse them later, with the whole batch.
 *
 * <p>JSON parsers let some such bytes pass: overlong forms, and the halves of a surrogate pair.
 */
public final class Utf8 {
    private static final int CHARS = 8 << 10;

    private Utf8() {}

    /** Returns if the bytes are UTF-8, and are not read by JSON parsers as UTF-16 or UTF-32 either. */
    public static void check(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + Math.min(length, 4); i++) {
            if (bytes[i] == 0) {
                throw FhirException.invalid("The text is not UTF-8: it looks like UTF-16 or UTF-32. Save it as UTF-8.");
            }
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate(Math.min(length, CHARS) + 1);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        if (result.isError()) {
            int at = in.position();
            throw FhirException.invalid("The text is not UTF-8: byte " + (at - offset + 1) + " is 0x"
                    + Integer.toHexString(bytes[at] & 0xff) + ", which cannot stand there. Save it as UTF-8.");
        }
    }
}
