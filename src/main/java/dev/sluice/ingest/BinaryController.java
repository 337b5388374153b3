package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.JsonBytes;
import dev.sluice.json.Spool;
import dev.sluice.json.TopLevelScanner;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import dev.sluice.store.VersionCondition;
import dev.sluice.store.WritePremise;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.commons.io.output.CloseShieldOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/**
 * Serves the raw content of Binary resources. Content that is not JSON is stored as a Binary, and a client that accepts
 * its media type gets the bytes back.
 *
 * @see <a href="https://hl7.org/fhir/R4/binary.html#rest">serving Binary resources</a>
 */
@RestController
@RequestMapping("/fhir/Binary")
class BinaryController {
    private static final ResourceType BINARY = ResourceType.of("Binary");
    private static final TopLevelScanner CONTENT_TYPE = new TopLevelScanner(Set.of("contentType"));
    private static final TopLevelScanner DATA = new TopLevelScanner(Set.of("data"));
    private static final int BUFFER = 1 << 16;
    private static final String SECURITY_CONTEXT = "X-Security-Context";

    /** The media types by which a client asks for the whole Binary and not for its content. */
    private static final Set<String> FHIR =
            Set.of("application/fhir+json", "application/json", "application/fhir+xml", "text/turtle");

    /** Base64 takes four bytes for three. */
    private static final int LARGEST = FhirJson.MAX_RESOURCE_BYTES / 4 * 3 - 4_096;

    private final ResourceController resources;
    private final ResourceWriter writer;
    private final RowReader rows;
    private final ResourceResponses responses;

    BinaryController(ResourceController resources, ResourceWriter writer, RowReader rows, ResourceResponses responses) {
        this.resources = resources;
        this.writer = writer;
        this.rows = rows;
        this.responses = responses;
    }

    @PostMapping
    ResponseEntity<Object> create(
            @RequestHeader(name = "If-None-Exist", required = false) @Nullable String ifNoneExist,
            HttpServletRequest request)
            throws IOException {
        if (isResource(request)) {
            return resources.create(BINARY.name(), ifNoneExist, request);
        }
        if (ifNoneExist != null) {
            throw FhirException.of(
                    400,
                    "not-supported",
                    "If-None-Exist has no meaning here: a Binary has no identifier; leave it out.");
        }
        return write(request, UUID.randomUUID().toString(), VersionCondition.NONE);
    }

    @PutMapping("/{id}")
    ResponseEntity<Object> update(@PathVariable String id, HttpServletRequest request) throws IOException {
        return isResource(request)
                ? resources.update(BINARY.name(), id, request)
                : write(request, new ResourceKey(BINARY, id).id(), VersionTag.condition(request));
    }

    @GetMapping("/{id}")
    ResponseEntity<Object> read(@PathVariable String id, @RequestHeader HttpHeaders headers, HttpServletRequest request)
            throws IOException {
        ResourceKey key = ResourceController.existing(BINARY.name(), id);
        StoredVersion version = rows.current(key, RequestMemory.of(request)::claimRead)
                .orElseThrow(() -> FhirException.notFound(key + " does not exist, and never existed."));
        if (request.getParameter("_format") != null || wantsResource(headers)) {
            return responses.read(request, version);
        }
        byte[] body = version.body();
        ResponseEntity.BodyBuilder response = responses
                .head(version)
                .contentType(type(CONTENT_TYPE
                        .read(body, 0, body.length)
                        .path("contentType")
                        .asString("")))
                .header("Content-Security-Policy", "sandbox; default-src 'none'"); // it may be HTML, of this origin
        RequestMemory memory = RequestMemory.of(request);
        Spool data = memory.spool();
        decode(key, data(body), data);
        return ResourceResponses.body(response, memory, data);
    }

    private static boolean isResource(HttpServletRequest request) {
        return request.getContentType() != null && RequestBody.isJson(request.getContentType());
    }

    /** Whether what the client likes best is a resource, or anything. */
    private static boolean wantsResource(HttpHeaders headers) {
        return headers.getAccept().stream()
                .max(Comparator.comparingDouble(MediaType::getQualityValue)) // the first of equals
                .map(best -> best.isWildcardType() || best.isWildcardSubtype() || FHIR.contains(plain(best)))
                .orElse(true);
    }

    private static MediaType type(String name) {
        try {
            MediaType type = MediaType.parseMediaType(name);
            return type.isConcrete() ? type : MediaType.APPLICATION_OCTET_STREAM;
        } catch (InvalidMediaTypeException e) {
            return MediaType.APPLICATION_OCTET_STREAM;
        }
    }

    /** The base64 text of a Binary; empty if it has none. It is not copied, because it may be large. */
    private static InputStream data(byte[] body) {
        InputStream[] text = {InputStream.nullInputStream()};
        DATA.each(
                body,
                0,
                body.length,
                (name, start, value, end) -> text[0] = body[value] != '"' || JsonBytes.backslash(body, value, end) < end
                        ? new ByteArrayInputStream(
                                FhirJson.stored(body, value, end).asString("").getBytes(StandardCharsets.UTF_8))
                        : new ByteArrayInputStream(body, value + 1, end - value - 2));
        return text[0];
    }

    private static void decode(ResourceKey key, InputStream base64, OutputStream content) throws IOException {
        InputStream decoded = Base64.getMimeDecoder().wrap(base64);
        byte[] buffer = new byte[BUFFER];
        for (int read = 0; read >= 0; ) {
            content.write(buffer, 0, read);
            try {
                read = decoded.read(buffer);
            } catch (IOException e) { // the stream is in memory, so its content is at fault
                throw FhirException.of(
                        422,
                        "processing",
                        "The data of " + key + " is not base64 (" + e.getMessage()
                                + "), so it has no content; read it with Accept: application/fhir+json.");
            }
        }
    }

    private ResponseEntity<Object> write(HttpServletRequest request, String id, VersionCondition condition)
            throws IOException {
        byte[] text = binary(request);
        return resources.write(
                request, writer.prepareStrictly(ResourceJson.parse(text), id), condition, WritePremise.NONE);
    }

    /** A Binary that holds the body of a request. */
    private static byte[] binary(HttpServletRequest request) throws IOException {
        String contentType = request.getContentType();
        if (contentType == null) {
            throw FhirException.of(
                    415,
                    "required",
                    "The header Content-Type is missing; it says what the content of the Binary is, such as"
                            + " application/pdf.");
        }
        MediaType type = type(contentType);
        boolean unreadable = type.equals(MediaType.APPLICATION_OCTET_STREAM) && !isOctets(contentType);
        if (FHIR.contains(plain(type)) || unreadable) {
            throw RequestBody.wrongType(request, RequestBody.FHIR_JSON + ", or the media type of the content itself");
        }
        long announced = RequestBody.isEncoded(request) ? -1 : request.getContentLengthLong();
        if (announced > LARGEST) {
            throw ResourceJson.tooLarge();
        }
        BoundedInputStream content = BoundedInputStream.builder()
                .setInputStream(RequestBody.raw(request))
                .setMaxCount(LARGEST + 1L)
                .get();
        RequestMemory memory = RequestMemory.of(request);
        try (Spool text = memory.spool()) {
            write(contentType, request.getHeader(SECURITY_CONTEXT), content, CloseShieldOutputStream.wrap(text));
            if (content.getCount() > LARGEST) {
                throw ResourceJson.tooLarge();
            }
            if (content.getCount() == 0) {
                throw FhirException.invalid("The request has no content; a Binary needs some.");
            }
            memory.claim().hold(text.size(), 0);
            return RequestBody.contentOf(text, 0).array();
        }
    }

    private static void write(
            String contentType, @Nullable String securityContext, InputStream content, OutputStream text) {
        try (JsonGenerator json = FhirJson.MAPPER.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringProperty("resourceType", BINARY.name());
            json.writeStringProperty("contentType", contentType);
            if (securityContext != null) {
                json.writeObjectPropertyStart("securityContext");
                json.writeStringProperty("reference", securityContext);
                json.writeEndObject();
            }
            json.writeName("data");
            json.writeBinary(content, -1);
            json.writeEndObject();
        }
    }

    private static boolean isOctets(String contentType) {
        return contentType.startsWith(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    }

    private static String plain(MediaType type) {
        return type.getType() + "/" + type.getSubtype();
    }
}
