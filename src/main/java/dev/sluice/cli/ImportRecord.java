package dev.sluice.cli;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.files.PrivateFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Remembers in a file how many lines of which files a server has loaded, so that an import that was interrupted goes on
 * where it was. A file that has changed counts as another one. Safe for use by any number of threads.
 */
final class ImportRecord implements AutoCloseable {
    /** How many lines of a file are loaded. */
    static final long ALL = Long.MAX_VALUE;

    private final URI server;
    private final Map<String, Long> loaded = new HashMap<>();
    private final @Nullable FileChannel channel;

    private ImportRecord(URI server, @Nullable FileChannel channel) {
        this.server = server;
        this.channel = channel;
    }

    /** @param file null = nothing is remembered */
    static ImportRecord open(@Nullable Path file, URI server) {
        if (file == null) {
            return new ImportRecord(server, null);
        }
        try {
            ImportRecord opened = new ImportRecord(
                    server, PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
            Files.readAllLines(file).forEach(opened::read);
            return opened;
        } catch (IOException e) {
            throw new CliException("The state file " + file + " cannot be used: " + ExportLocator.reason(e) + ".");
        }
    }

    /** How many lines of the file are loaded; {@link #ALL} if the whole file is. */
    synchronized long loaded(Path file) throws IOException {
        return loaded.getOrDefault(key(file), 0L);
    }

    /** Remembers it before the next line is sent. */
    synchronized void add(Path file, long lines) throws IOException {
        ObjectNode entry = FhirJson.MAPPER.createObjectNode().put("file", key(file));
        entry.put("lines", lines);
        loaded.put(key(file), lines);
        if (channel != null) {
            // The end of a line comes first, because the line before may have been cut off.
            ByteBuffer line = ByteBuffer.wrap(("\n" + entry).getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
        }
    }

    private void read(String line) {
        try {
            ObjectNode entry = FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8));
            loaded.put(entry.path("file").asString(""), entry.path("lines").asLong(0));
        } catch (FhirException e) {
            // A blank line, or one that was cut off: what it would have said is loaded again.
        }
    }

    private String key(Path file) throws IOException {
        return server + " " + file.toRealPath() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Each entry has been written.
        }
    }
}
