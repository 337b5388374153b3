package dev.sluice.cli;

import dev.sluice.bulkclient.NdjsonInput;
import dev.sluice.bulkclient.ReceivedManifest;
import dev.sluice.comparison.KeyHash;
import dev.sluice.comparison.KeyHashIndex;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.Plural;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.json.NdjsonReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares one file with its item of the manifest: lines, bytes, SHA-256, and that each line is a resource of the type.
 *
 * <p>Resources of {@code output} need an id that no other line of the export has; issues in {@code error} and the
 * Bundles in {@code deleted} need none. Where resources stand in blocks, each line but a header belongs to the block of
 * the last header; a resource may stand in several blocks, and in each of them once.
 */
final class FileCheck {
    /** Faults of single lines that are reported; the others are only counted. */
    private static final int REPORTED = 3;

    private final ReceivedManifest.FileItem item;
    private final ReceivedManifest manifest;
    private final KeyHashIndex keys;
    private final boolean blocks;
    private final List<String> faults = new ArrayList<>();
    private final List<String> confirmed = new ArrayList<>();
    private long badLines;
    private long lines;
    private long headers;
    private long bytes;
    private @Nullable String continued;
    private String head = "";
    private FileVerdict verdict = FileVerdict.OK;

    /** How a file stands to its item. */
    enum FileVerdict {
        OK,
        DIFFERS,
        UNREADABLE
    }

    /**
     * @param manifest that has the item
     * @param keys of all resources of the export so far
     * @param continued the resource that the first header must name, because a block continues from the previous file; null = any
     */
    FileCheck(
            ReceivedManifest.FileItem item, ReceivedManifest manifest, KeyHashIndex keys, @Nullable String continued) {
        this.item = item;
        this.manifest = manifest;
        this.keys = keys;
        this.blocks = item.isOutput() && !manifest.organizedBy().isEmpty();
        this.continued = continued;
    }

    /** Reads the file to its end. */
    void read(NdjsonFile file, ProgressLine progress) {
        try (NdjsonInput stored = file.open(item.storedSha256() != null, progress);
                CheckedInputStream checked = new CheckedInputStream(stored, new CRC32());
                DigestInputStream in = new DigestInputStream(checked, DigestUtils.getSha256Digest());
                BoundedInputStream counted =
                        BoundedInputStream.builder().setInputStream(in).get()) {
            in.on(item.sha256() != null);
            NdjsonReader reader = new NdjsonReader(counted);
            long read = 0;
            for (; reader.next(); read++) {
                check(reader.line(), reader.number());
            }
            lines = read;
            bytes = counted.getCount();
            compare("count", item.count(), lines - headers);
            compare("bytes", item.bytes(), bytes);
            compare(
                    "sha256",
                    item.sha256(),
                    HexFormat.of().formatHex(in.getMessageDigest().digest()));
            compare("crc32", item.crc32(), HexFormat.of().toHexDigits((int)
                    checked.getChecksum().getValue()));
            if (stored.isCompressed()) {
                checkMembers(stored.members());
                compare("storedBytes", item.storedBytes(), stored.storedBytes());
                compare("storedSha256", item.storedSha256(), stored.storedSha256());
            }
            end();
        } catch (NoSuchFileException e) {
            faults.add("it does not exist");
            verdict = FileVerdict.DIFFERS;
        } catch (ZipException | EOFException e) {
            faults.add("it is compressed by gzip, and damaged: " + e.getMessage());
            verdict = FileVerdict.DIFFERS;
        } catch (IOException e) {
            faults.add("cannot be read: " + ExportLocator.reason(e));
            verdict = FileVerdict.UNREADABLE;
        }
    }

    FileVerdict verdict() {
        return verdict;
    }

    long lines() {
        return lines;
    }

    /** What the last header names; empty if there is none. */
    String lastHead() {
        return head;
    }

    long bytes() {
        return bytes;
    }

    /** What the command prints for programs. */
    ObjectNode json() {
        ObjectNode json = FhirJson.MAPPER.createObjectNode();
        json.put("list", item.list()).put("name", item.name()).put("type", item.type());
        json.put("verdict", verdict.name().toLowerCase(Locale.ROOT));
        json.put("lines", lines).put("headers", headers).put("bytes", bytes);
        confirmed.forEach(json.putArray("confirmed")::add);
        faults.forEach(json.putArray("faults")::add);
        return json;
    }

    /** What it prints for people: the verdict, and the rest of the line. */
    void print(CommandOutput out) {
        TerminalOutput.Color color = verdict == FileVerdict.OK ? TerminalOutput.Color.GREEN : TerminalOutput.Color.RED;
        String[] words = toString().split("(?= )", 2);
        out.line(color, words[0], words[1]);
    }

    @Override
    public String toString() {
        String measures = item.list() + "/" + item.name() + ": " + Plural.of(lines, "line") + ", "
                + (headers == 0 ? "" : headers + " of them headers, ") + Plural.of(bytes, "byte") + "; ";
        return switch (verdict) {
            case OK ->
                "ok          " + measures
                        + (confirmed.isEmpty()
                                ? "the manifest states nothing"
                                : String.join(", ", confirmed) + " as stated");
            case DIFFERS -> "DIFFERS     " + measures + String.join("; ", faults);
            case UNREADABLE -> "UNREADABLE  " + item.list() + "/" + item.name() + ": " + String.join("; ", faults);
        };
    }

    private void end() {
        if (item.continuesIn() != null && !manifest.hasOutput(item.continuesIn())) {
            faults.add("continues in " + item.continuesIn() + ", which is no file of the output");
        }
        if (badLines > REPORTED) {
            faults.add((badLines - REPORTED) + " more bad lines");
        }
        verdict = faults.isEmpty() ? FileVerdict.OK : FileVerdict.DIFFERS;
    }

    /** More than one member is valid gzip, but many HTTP clients read only the first one. */
    private void checkMembers(long members) {
        if (members > 1) {
            faults.add("it has " + members + " gzip members; browsers, curl and others read only the first one");
        }
    }

    private void compare(String what, @Nullable Object stated, Object found) {
        if (stated != null && stated.toString().equalsIgnoreCase(found.toString())) {
            confirmed.add(what);
        } else if (stated != null) {
            faults.add(what + " is " + found + ", stated is " + stated);
        }
    }

    private void check(byte[] line, long number) {
        try {
            ObjectNode resource = FhirJson.parseObject(line);
            String type = resource.path("resourceType").stringValue("");
            String id = resource.path("id").stringValue("");
            if (blocks && type.equals("Parameters") && id.isEmpty()) {
                header(resource, number);
            } else if (blocks && head.isEmpty()) {
                bad(number, "stands before the first header");
            } else if (type.isEmpty() || !(item.type().isEmpty() || type.equals(item.type()))) {
                bad(number, "has the resourceType '" + type + "'");
            } else if (item.isOutput() && !ResourceKey.isId(id)) {
                bad(number, id.isEmpty() ? "has no id" : "has the id '" + id + "', which is none");
            } else if (item.isOutput()
                    && keys.add(KeyHash.of(blocks ? head + " " + type : type, id + version(resource))) < 0) {
                bad(
                        number,
                        "repeats " + type + "/" + id + version(resource) + (blocks ? " in the block of " + head : ""));
            }
        } catch (FhirException e) {
            bad(number, "is no resource: " + e.getMessage());
        }
    }

    private String version(ObjectNode resource) {
        return manifest.history()
                ? "/_history/" + resource.path("meta").path("versionId").asString("")
                : "";
    }

    private void header(ObjectNode resource, long number) {
        headers++;
        head = resource.path("parameter")
                .path(0)
                .path("valueReference")
                .path("reference")
                .stringValue("");
        if (!head.matches("(.*/)?" + Pattern.quote(manifest.organizedBy()) + "/[^/]+")) {
            bad(number, "is a header that names no " + manifest.organizedBy() + ", but '" + head + "'");
        }
        if (continued != null && !head.equals(continued)) {
            bad(number, "is the header of " + head + ", but " + continued + " continues here");
        }
        continued = null;
    }

    private void bad(long number, String why) {
        badLines++;
        if (badLines <= REPORTED) {
            faults.add("line " + number + " " + why);
        }
    }
}
