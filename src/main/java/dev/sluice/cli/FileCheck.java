package dev.sluice.cli;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.ResourceKey;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds one file to its item of the manifest: lines, bytes, SHA-256, and that each line is a resource of the type.
 *
 * <p>Resources of {@code output} need an id that no other line of the export has; issues in {@code error} and the
 * Bundles in {@code deleted} need none. Where resources stand in blocks, each line but a header belongs to the block of
 * the last header; a resource may stand in several blocks, and in each of them once.
 */
final class FileCheck {
    /** Faults of single lines that are told; the others are counted. */
    private static final int TOLD = 3;

    private final Manifest.Item item;
    private final Manifest manifest;
    private final KeyIndex keys;
    private final boolean blocks;
    private final List<String> faults = new ArrayList<>();
    private final List<String> stated = new ArrayList<>();
    private long badLines;
    private long lines;
    private long headers;
    private long bytes;
    private @Nullable String continued;
    private String head = "";
    private Verdict verdict = Verdict.OK;

    /** How a file stands to its item. */
    enum Verdict {
        OK,
        DIFFERS,
        UNREADABLE
    }

    /**
     * @param manifest that has the item
     * @param keys of all resources of the export so far
     * @param continued what the file's first header has to name, since a block goes on here; null = anything
     */
    FileCheck(Manifest.Item item, Manifest manifest, KeyIndex keys, @Nullable String continued) {
        this.item = item;
        this.manifest = manifest;
        this.keys = keys;
        this.blocks = item.isOutput() && !manifest.organizedBy().isEmpty();
        this.continued = continued;
    }

    /** Reads the file to its end. */
    void read(NdjsonFile file) {
        try (OpenFile stored = file.open(item.storedSha256() != null);
                CheckedInputStream checked = new CheckedInputStream(stored, new CRC32());
                DigestInputStream in = new DigestInputStream(checked, Key.sha256())) {
            in.on(item.sha256() != null);
            LineReader reader = new LineReader(in);
            for (byte[] line = reader.next(); line != null; line = reader.next()) {
                check(line, reader.number());
            }
            lines = reader.lines();
            bytes = reader.bytes();
            hold("count", item.count(), lines - headers);
            hold("bytes", item.bytes(), bytes);
            hold(
                    "sha256",
                    item.sha256(),
                    HexFormat.of().formatHex(in.getMessageDigest().digest()));
            hold("crc32", item.crc32(), HexFormat.of().toHexDigits((int)
                    checked.getChecksum().getValue()));
            if (stored.isPacked()) {
                holdMembers(stored.members());
                hold("storedBytes", item.storedBytes(), stored.storedBytes());
                hold("storedSha256", item.storedSha256(), stored.storedSha256());
            }
            end();
        } catch (NoSuchFileException e) {
            faults.add("it is not there");
            verdict = Verdict.DIFFERS;
        } catch (ZipException | EOFException e) {
            faults.add("it is compressed by gzip, and damaged: " + e.getMessage());
            verdict = Verdict.DIFFERS;
        } catch (IOException e) {
            faults.add("cannot be read: " + Exports.reason(e));
            verdict = Verdict.UNREADABLE;
        }
    }

    Verdict verdict() {
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

    @Override
    public String toString() {
        String measures = item.list() + "/" + item.name() + ": " + lines + " lines, "
                + (headers == 0 ? "" : headers + " of them headers, ") + bytes + " bytes; ";
        return switch (verdict) {
            case OK ->
                "ok          " + measures
                        + (stated.isEmpty() ? "the manifest states nothing" : String.join(", ", stated) + " as stated");
            case DIFFERS -> "DIFFERS     " + measures + String.join("; ", faults);
            case UNREADABLE -> "UNREADABLE  " + item.list() + "/" + item.name() + ": " + String.join("; ", faults);
        };
    }

    private void end() {
        if (item.continuesIn() != null && !manifest.hasOutput(item.continuesIn())) {
            faults.add("continues in " + item.continuesIn() + ", which is no file of the output");
        }
        if (badLines > TOLD) {
            faults.add((badLines - TOLD) + " more bad lines");
        }
        verdict = faults.isEmpty() ? Verdict.OK : Verdict.DIFFERS;
    }

    /** More than one is a gzip file, and less than that to many who read it by HTTP. */
    private void holdMembers(long members) {
        if (members > 1) {
            faults.add("it has " + members + " gzip members; browsers, curl and others read only the first one");
        }
    }

    private void hold(String what, @Nullable Object said, Object found) {
        if (said != null && said.toString().equalsIgnoreCase(found.toString())) {
            stated.add(what);
        } else if (said != null) {
            faults.add(what + " is " + found + ", stated is " + said);
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
                    && keys.add(Key.of(blocks ? head + " " + type : type, id + version(resource))) < 0) {
                bad(
                        number,
                        "repeats " + type + "/" + id + version(resource) + (blocks ? " in the block of " + head : ""));
            }
        } catch (FhirProblem e) {
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
        if (badLines <= TOLD) {
            faults.add("line " + number + " " + why);
        }
    }
}
