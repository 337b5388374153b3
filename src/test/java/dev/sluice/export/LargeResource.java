package dev.sluice.export;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A resource with one large attachment, made as it is read, so that a test need not hold it.
 *
 * @param bytes its size, give or take three
 */
record LargeResource(String type, String id, int bytes) {
    /** Everything behind {@code meta}, which the store changes, is compared by its hash. */
    private static final Pattern HEAD = Pattern.compile(
            "\\{\"resourceType\":\"(\\w+)\",\"id\":\"([^\"]+)\",\"meta\":\\{(\"versionId\":\"1\",\"lastUpdated\":\"[^\"]+\")?}");

    private static final int LONGEST_HEAD = 200;
    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.US_ASCII);

    String key() {
        return type + "/" + id;
    }

    private String head() {
        return "{\"resourceType\":\"" + type + "\",\"id\":\"" + id
                + "\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2024-01-01T00:00:00.000Z\"},"
                + (type.equals("Binary")
                        ? "\"contentType\":\"image/png\",\"data\":\""
                        : "\"status\":\"current\",\"content\":[{\"attachment\":{\"data\":\"");
    }

    private String tail() {
        return type.equals("Binary") ? "\"}" : "\"}}]}";
    }

    private int dataLength() {
        return (bytes - head().length() - tail().length()) / 4 * 4;
    }

    int length() {
        return head().length() + dataLength() + tail().length();
    }

    /** Its text, the same each time. */
    InputStream content() {
        Noise data = new Noise(key().hashCode(), dataLength());
        return new SequenceInputStream(
                Collections.enumeration(List.of(ascii(head()), new BufferedInputStream(data), ascii(tail()))));
    }

    /** The hash of each of these lines, by type and id. */
    static Map<String, String> hashes(InputStream ndjson) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        byte[] buffer = new byte[1 << 16];
        byte[] head = new byte[LONGEST_HEAD];
        int inHead = 0;
        String key = "";
        MessageDigest digest = sha256();
        for (int read = ndjson.read(buffer); read >= 0; read = ndjson.read(buffer)) {
            for (int from = 0; from < read; ) {
                if (inHead < LONGEST_HEAD) {
                    head[inHead++] = buffer[from++];
                    if (inHead == LONGEST_HEAD) {
                        key = begin(new String(head, StandardCharsets.US_ASCII), digest);
                    }
                    continue;
                }
                int to = from;
                while (to < read && buffer[to] != '\n') {
                    to++;
                }
                digest.update(buffer, from, to - from);
                if (to < read) {
                    if (hashes.put(key, HexFormat.of().formatHex(digest.digest())) != null) {
                        throw new IllegalStateException(key + " is there twice");
                    }
                    inHead = 0;
                    to++;
                }
                from = to;
            }
        }
        return hashes;
    }

    /** These resources as NDJSON. */
    static InputStream ndjson(List<LargeResource> resources) {
        return new SequenceInputStream(Collections.enumeration(resources.stream()
                .<InputStream>map(resource -> new SequenceInputStream(resource.content(), ascii("\n")))
                .toList()));
    }

    private static String begin(String head, MessageDigest digest) {
        Matcher form = HEAD.matcher(head);
        if (!form.lookingAt()) {
            throw new IllegalStateException("The line begins with " + head);
        }
        digest.update(head.substring(form.end()).getBytes(StandardCharsets.US_ASCII));
        return form.group(1) + "/" + form.group(2);
    }

    private static InputStream ascii(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Random characters of base64, which no compression makes small. */
    private static final class Noise extends InputStream {
        private final SplittableRandom random;
        private int left;

        Noise(long seed, int length) {
            this.random = new SplittableRandom(seed);
            this.left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? ALPHABET[random.nextInt(64)] : -1;
        }

        /** Four at a time, so that the same bytes come whatever the buffers are. */
        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left == 0) {
                return length == 0 ? 0 : -1;
            }
            int count = Math.min(left, length) / 4 * 4;
            if (count == 0) {
                throw new IllegalStateException("a buffer of " + length);
            }
            for (int i = 0; i < count; i += 4) {
                int bits = random.nextInt();
                for (int k = 0; k < 4; k++) {
                    buffer[offset + i + k] = ALPHABET[(bits >>> (6 * k)) & 63];
                }
            }
            left -= count;
            return count;
        }
    }
}
