package dev.sluice.bulkclient;

import dev.sluice.bulkclient.ReceivedManifest.FileItem;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.files.PrivateFiles;
import dev.sluice.json.NdjsonReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.commons.io.input.TeeInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares a file that has arrived with its item of the manifest, and decompresses it if only its transfer was compressed.
 *
 * <p>Of the lines, the first and the last one are parsed: content that is no NDJSON, or is cut, shows there. The command
 * {@code verify} parses all. The content of a table is not read.
 */
final class ContentCheck {
    private final FileItem item;
    private final boolean blocks;
    private final List<String> faults = new ArrayList<>();
    private boolean decompressed;
    private long lines;
    private long bytes;

    /** @param blocks whether headers are among the lines, which the manifest does not count */
    ContentCheck(FileItem item, boolean blocks) {
        this.item = item;
        this.blocks = blocks && item.isOutput();
    }

    /** Reads a file that has arrived. */
    void read(PartialFile file) {
        try (NdjsonInput stored = NdjsonInput.of(Files.newInputStream(file.part()), item.storedSha256() != null)) {
            decompressed = stored.isCompressed()
                    && !file.file().getFileName().toString().endsWith(".gz");
            try (OutputStream plain = decompressed ? output(file) : OutputStream.nullOutputStream()) {
                readContent(decompressed ? new TeeInputStream(stored, plain) : stored, file);
            }
            if (stored.isCompressed()) {
                compare("storedBytes", item.storedBytes(), stored.storedBytes());
                if (item.storedSha256() != null) {
                    compare("storedSha256", item.storedSha256(), stored.storedSha256());
                }
            }
        } catch (ZipException | EOFException e) {
            faults.add("it is compressed by gzip, and damaged: " + e.getMessage());
        } catch (IOException e) {
            throw ExportFolder.unwritable(file.part(), e);
        }
    }

    /** What is wrong; empty if nothing is. */
    List<String> faults() {
        return faults;
    }

    /** Whether the content of the file is the decompressed one. */
    boolean isDecompressed() {
        return decompressed;
    }

    long lines() {
        return lines;
    }

    long bytes() {
        return bytes;
    }

    private static OutputStream output(PartialFile file) throws IOException {
        return Channels.newOutputStream(PrivateFiles.open(
                file.plain(),
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING));
    }

    private void readContent(InputStream content, PartialFile file) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(content, new CRC32());
        DigestInputStream hashed = new DigestInputStream(checked, DigestUtils.getSha256Digest());
        hashed.on(item.sha256() != null);
        BoundedInputStream counted =
                BoundedInputStream.builder().setInputStream(hashed).get();
        if (item.isTable()) {
            counted.transferTo(OutputStream.nullOutputStream());
            lines = item.count() == null ? 0 : item.count();
        } else {
            readLines(counted, file);
        }
        bytes = counted.getCount();
        compare("bytes", item.bytes(), bytes);
        if (item.sha256() != null) {
            compare(
                    "sha256",
                    item.sha256(),
                    HexFormat.of().formatHex(hashed.getMessageDigest().digest()));
        }
        compare("crc32", item.crc32(), HexFormat.of().toHexDigits((int)
                checked.getChecksum().getValue()));
    }

    private void readLines(BoundedInputStream counted, PartialFile file) throws IOException {
        NdjsonReader reader = new NdjsonReader(counted);
        long headers = 0;
        byte[] last = {};
        long before = 0;
        // Some kilobytes may stand for more than the disk holds.
        while (reader.next() && (item.bytes() == null || counted.getCount() <= item.bytes())) {
            if (decompressed) {
                file.requireSpace(before, counted.getCount() - before);
                before = counted.getCount();
            }
            last = reader.line();
            if (lines == 0) {
                requireResource(last, 1);
            }
            headers += blocks && isHeader(last) ? 1 : 0;
            lines++;
        }
        if (lines > 1) {
            requireResource(last, lines);
        }
        compare("count", item.count(), lines - headers);
    }

    private void requireResource(byte[] line, long number) {
        String found;
        try {
            found = FhirJson.parseObject(line).path("resourceType").asString("");
        } catch (FhirException e) {
            faults.add(
                    ServerFault.isHtml(line)
                            ? "it is " + ServerFault.page(line)
                            : "line " + number + " is no resource: " + e.getMessage());
            return;
        }
        if (found.isEmpty()) {
            faults.add("line " + number + " has no resourceType");
        }
    }

    /** Only few lines are parsed: those that could be headers. */
    private static boolean isHeader(byte[] line) {
        if (!new String(line, StandardCharsets.ISO_8859_1).contains("\"Parameters\"")) {
            return false;
        }
        ObjectNode resource = FhirJson.parseObject(line);
        return resource.path("resourceType").asString("").equals("Parameters") && !resource.has("id");
    }

    private void compare(String what, @Nullable Object stated, Object found) {
        if (stated != null && !stated.toString().equalsIgnoreCase(found.toString())) {
            faults.add(what + " is " + found + ", stated is " + stated);
        }
    }
}
