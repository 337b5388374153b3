package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.json.GzipAwareInput;
import dev.sluice.json.GzipInput;
import dev.sluice.json.JsonRewriter;
import dev.sluice.json.Spool;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipException;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.ProxyInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Opens the body of a request: decompresses gzip, whatever the headers are, and skips a byte order mark. */
public final class RequestBody {
    public static final String FHIR_JSON = "application/fhir+json";
    static final String JSON = "application/json";
    public static final String FHIR_NDJSON = "application/fhir+ndjson";

    private static final Set<String> NDJSON = Set.of(FHIR_NDJSON, "application/x-ndjson", "application/ndjson");
    private static final List<String> ENCODINGS = List.of("identity", "gzip", "x-gzip");

    private RequestBody() {}

    /** The text of a stream, which may be compressed by gzip, in any number of members. */
    public static PushbackInputStream open(InputStream in) throws IOException {
        GzipAwareInput sent = new GzipAwareInput(in);
        PushbackInputStream text = sent.isCompressed() ? new PushbackInputStream(new Decompressed(sent), 3) : sent;
        byte[] bom = text.readNBytes(3);
        if (bom.length < 3 || bom[0] != (byte) 0xef || bom[1] != (byte) 0xbb || bom[2] != (byte) 0xbf) {
            text.unread(bom);
        }
        return text;
    }

    /** The text of a request's body. */
    public static PushbackInputStream open(HttpServletRequest request) throws IOException {
        checkEncoding(request);
        return open(request.getInputStream());
    }

    /** The bytes of a request's body, decompressed only if its Content-Encoding says that it was compressed. */
    static InputStream raw(HttpServletRequest request) throws IOException {
        checkEncoding(request);
        if (!isEncoded(request)) {
            return request.getInputStream();
        }
        GzipAwareInput sent = new GzipAwareInput(request.getInputStream());
        return sent.isCompressed() ? new Decompressed(sent) : sent;
    }

    /** Whether a request says by its Content-Encoding that its body was compressed. */
    static boolean isEncoded(HttpServletRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return encoding != null && !encoding.equalsIgnoreCase("identity");
    }

    private static void checkEncoding(HttpServletRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !ENCODINGS.contains(encoding.toLowerCase(Locale.ROOT))) {
            throw FhirException.of(
                    415,
                    "not-supported",
                    "The Content-Encoding header has the value '" + encoding
                            + "', which is not supported; use gzip or none.");
        }
    }

    /** The body of a request whose content is one resource in JSON. */
    public static byte[] resource(HttpServletRequest request) throws IOException {
        return text(request, 0, 0).array();
    }

    /** The body of a request whose content is a Bundle. Two more copies are claimed: its resources, and their lines. */
    static byte[] bundle(HttpServletRequest request) throws IOException {
        return text(request, 0, 2).array();
    }

    /** The same as {@link #resource}, with room before it to make a line of it in place. */
    static ByteBuffer spacious(HttpServletRequest request) throws IOException {
        return text(request, JsonRewriter.ROOM, 0);
    }

    /** The body of a request whose content is a JSON Patch. */
    static byte[] patch(HttpServletRequest request) throws IOException {
        String contentType = request.getContentType();
        if (contentType == null || !is(contentType, Set.of(JsonPatch.MEDIA_TYPE))) {
            throw wrongType(request, JsonPatch.MEDIA_TYPE);
        }
        return body(request, 0, 0).array();
    }

    private static ByteBuffer text(HttpServletRequest request, int room, int copies) throws IOException {
        if (!isJson(request.getContentType())) {
            throw wrongType(request, FHIR_JSON);
        }
        return body(request, room, copies);
    }

    /**
     * The content of a request, once all of it has come and there is memory for it and for its tree.
     *
     * @param room bytes to leave free before it
     * @param copies the number of copies in memory in addition to two
     */
    private static ByteBuffer body(HttpServletRequest request, int room, int copies) throws IOException {
        if (request.getContentLengthLong() > FhirJson.MAX_RESOURCE_BYTES) {
            throw ResourceJson.tooLarge();
        }
        RequestMemory memory = RequestMemory.of(request);
        try (Spool spool = memory.spool()) {
            InputStream text = open(request);
            if (IOUtils.copyLarge(text, spool, 0, FhirJson.MAX_RESOURCE_BYTES) == FhirJson.MAX_RESOURCE_BYTES
                    && text.read() >= 0) {
                throw ResourceJson.tooLarge();
            }
            memory.claim().hold(spool.size(), spool.treeBytes() + copies * spool.size());
            return contentOf(spool, room);
        }
    }

    /** The content of a spool, in memory. */
    static ByteBuffer contentOf(Spool spool, int room) throws IOException {
        int length = Math.toIntExact(spool.size());
        byte[] text = new byte[room + length];
        spool.copyTo(text, room);
        return ByteBuffer.wrap(text, room, length);
    }

    /** 415: this kind of content is not taken, but that one is. */
    public static FhirException wrongType(HttpServletRequest request, String taken) {
        return FhirException.of(
                415,
                "not-supported",
                "The Content-Type header has the value '" + request.getContentType()
                        + "', which is not taken here; send " + taken + " in UTF-8.");
    }

    /** Whether a request brings JSON, or does not say what it brings. */
    public static boolean isJson(@Nullable String contentType) {
        return contentType == null || is(contentType, Set.of(FHIR_JSON, JSON));
    }

    /** Whether a request brings NDJSON. */
    public static boolean isNdjson(@Nullable String contentType) {
        return contentType != null && is(contentType, NDJSON);
    }

    private static boolean is(String contentType, Set<String> names) {
        try {
            MediaType type = MediaType.parseMediaType(contentType);
            boolean utf8 = type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8);
            return utf8 && names.contains(type.getType() + "/" + type.getSubtype());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Says that compressed content is damaged as what it is, the client's fault. */
    private static final class Decompressed extends ProxyInputStream {
        Decompressed(InputStream in) {
            super(new GzipInput(in));
        }

        @Override
        protected void handleIOException(IOException e) throws IOException {
            if (e instanceof ZipException || e instanceof EOFException) {
                throw FhirException.invalid("The content is compressed by gzip, and damaged: " + e.getMessage()
                        + ". Compress it again, or send it without compression.");
            }
            throw e;
        }
    }
}
