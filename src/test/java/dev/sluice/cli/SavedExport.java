package dev.sluice.cli;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;
import tools.jackson.databind.node.ObjectNode;

/** An export in a folder, made by hand: files, and a manifest that is true until a test changes one of them. */
final class SavedExport {
    static final String PATIENTS = """
            {"resourceType":"Patient","id":"ann","meta":{"versionId":"1","lastUpdated":"2026-01-01T00:00:00Z"},"active":true}
            {"resourceType":"Patient","id":"bob","meta":{"versionId":"2"},"multipleBirthInteger":2}
            """;

    final Path folder;
    final ObjectNode manifest = FhirJson.MAPPER.createObjectNode();

    SavedExport(Path folder) {
        this.folder = folder;
        manifest.putArray("output");
        manifest.putArray("error");
    }

    /** Adds a file, and its item with all that Sluice says of one; gives the item. */
    ObjectNode add(String list, String type, String name, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        write(name, bytes);
        ObjectNode item = manifest.withArray(list).addObject();
        item.put("type", type).put("url", "https://store.example.com/c/folder/" + name + "?sv=1&sig=x%2Fy");
        item.put("count", content.lines().count());
        item.putObject("extension").put("bytes", bytes.length).put("sha256", DigestUtils.sha256Hex(bytes));
        return item;
    }

    void write(String name, String content) {
        write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    void write(String name, byte[] content) {
        try {
            Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CommandRun verify() {
        write("manifest.json", manifest.toString());
        return CommandRun.run("verify", folder);
    }
}
