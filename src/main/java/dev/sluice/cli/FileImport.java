package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.bulkclient.BulkClientException.Kind;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.json.GzipAwareInput;
import dev.sluice.json.GzipInput;
import dev.sluice.json.NdjsonReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends one file to a server, in parts of some megabytes one after the other: a part can be sent again, and what is loaded
 * is remembered after each. For use by one thread.
 */
final class FileImport {
    private static final int PART = 8 << 20;

    /** Two of the largest resources. */
    private static final int LARGEST_DOCUMENT = 2 * FhirJson.MAX_RESOURCE_BYTES;

    /** Bad lines of a file that are named; all are counted. */
    private static final int NAMED = 100;

    private static final int LONGEST_FAULT = 1000;
    private static final Pattern LINE = Pattern.compile("\\bLine (\\d{1,9})\\b");

    private final Path file;
    private final ServerConnection server;
    private final ImportRecord record;
    private final ImportCounts counts = new ImportCounts();
    private final List<String> badLines = new ArrayList<>();

    /** Of {@code failed} and {@code badLines}, what the record has. */
    private long recordedFailed;

    private int recordedErrors;
    private State state = State.INCOMPLETE;
    private @Nullable String fault;

    /** What became of a file. */
    enum State {
        /** The server has taken all lines, or named those that are bad. */
        LOADED,
        /** An earlier import has loaded it. */
        SKIPPED,
        /** Something kept it from being sent to its end. */
        INCOMPLETE
    }

    FileImport(Path file, ServerConnection server, ImportRecord record) {
        this.file = file;
        this.server = server;
        this.record = record;
    }

    State state() {
        return state;
    }

    ImportCounts counts() {
        return counts;
    }

    /**
     * Sends what is not loaded yet.
     *
     * @throws BulkClientException if the server takes nothing more, whatever the file is
     */
    void run(ProgressLine progress) {
        try {
            long loaded = loaded();
            if (loaded == ImportRecord.ALL) {
                progress.add(Files.size(file));
                state = State.SKIPPED;
                return;
            }
            try (GzipAwareInput stored =
                            new GzipAwareInput(progress.counting(Files.newInputStream(file), Files.size(file)));
                    InputStream in = stored.isCompressed() ? new GzipInput(stored) : stored) {
                if (ImportFiles.isDocument(file)) {
                    sendDocument(in);
                } else {
                    sendLines(in, loaded);
                }
            }
            remember(ImportRecord.ALL);
            state = State.LOADED;
        } catch (BulkClientException e) {
            fault = e.sentence();
            if (e.kind() != Kind.FAILED) {
                throw e;
            }
        } catch (IOException e) {
            fault = "It cannot be read: " + ExportLocator.reason(e) + ".";
        } catch (FhirException e) {
            fault = e.getMessage();
        }
    }

    /** Leaves the file for another import, because one before it is not loaded. */
    void hold() {
        fault = "It is not sent, because a file that must be loaded before it is incomplete.";
    }

    /** Up to which line earlier imports have loaded the file. What they could not load is told again. */
    private long loaded() throws IOException {
        ImportRecord.Progress before = record.loaded(file);
        counts.add("lines", before.failed());
        counts.add("failed", before.failed());
        before.errors().forEach(this::name);
        recordedFailed = counts.get("failed");
        recordedErrors = badLines.size();
        return before.lines();
    }

    private void remember(long lines) throws IOException {
        List<String> errors = List.copyOf(badLines.subList(recordedErrors, badLines.size()));
        record.add(file, new ImportRecord.Progress(lines, counts.get("failed") - recordedFailed, errors));
        recordedFailed = counts.get("failed");
        recordedErrors = badLines.size();
    }

    private void sendLines(InputStream in, long loaded) throws IOException {
        NdjsonReader reader = new NdjsonReader(in);
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        long sent = loaded;
        long last = loaded;
        while (reader.next()) {
            if (reader.number() <= loaded) {
                continue;
            }
            for (; last < reader.number() - 1; last++) {
                part.write('\n'); // a blank line, so that the server counts as the file does
            }
            last = reader.number();
            if (reader.tooLong()) {
                counts.add("lines", 1);
                bad("Line " + last + ": It is larger than " + FhirJson.MAX_RESOURCE_BYTES + " bytes.");
            } else {
                part.write(reader.buffer(), reader.offset(), reader.length());
            }
            part.write('\n');
            if (part.size() >= PART) {
                send(part, sent, "Line");
                sent = last;
                remember(sent);
            }
        }
        send(part, sent, "Line");
    }

    private void sendDocument(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST_DOCUMENT + 1);
        if (bytes.length > LARGEST_DOCUMENT) {
            throw new IOException("it is larger than " + LARGEST_DOCUMENT + " bytes; only NDJSON may be");
        }
        ObjectNode document = FhirJson.parseObject(bytes);
        String type = document.path("type").asString("");
        if (!document.path("resourceType").asString("").equals("Bundle")) {
            sendEntries(List.of(document));
        } else if (type.equals("transaction") || type.equals("batch")) {
            sendBundle(bytes);
        } else {
            List<JsonNode> resources = new ArrayList<>();
            document.path("entry").forEach(entry -> resources.add(entry.path("resource")));
            sendEntries(resources);
        }
    }

    /** Sends resources as lines. The server keeps their text; numbers keep their digits here too. */
    private void sendEntries(List<JsonNode> resources) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (JsonNode resource : resources) {
            lines.writeBytes((resource + "\n").getBytes(StandardCharsets.UTF_8));
        }
        send(lines, 0, "Entry");
    }

    private void send(ByteArrayOutputStream lines, long before, String unit) {
        if (lines.size() > 0) {
            HttpRequest request = server.request("$import")
                    .header("Content-Type", "application/fhir+ndjson")
                    .POST(BodyPublishers.ofByteArray(lines.toByteArray()))
                    .build();
            lines.reset();
            ObjectNode answer;
            try {
                answer = server.send(request, true).body();
            } catch (BulkClientException e) {
                throw new BulkClientException(e.kind(), renumbered(shortened(e.sentence()), before, unit));
            }
            counts.addAnswer(answer);
            for (JsonNode parameter : answer.path("parameter")) {
                if (parameter.path("name").asString("").equals("error")) {
                    name(renumbered(text(parameter.path("resource")), before, unit));
                }
            }
        }
    }

    private void sendBundle(byte[] bundle) {
        HttpRequest request = HttpRequest.newBuilder(server.base())
                .header("Accept", "application/fhir+json")
                .header("Content-Type", "application/fhir+json")
                .POST(BodyPublishers.ofByteArray(bundle))
                .build();
        int number = 0;
        for (JsonNode entry : server.send(request, false).body().path("entry")) {
            number++;
            JsonNode response = entry.path("response");
            counts.add("lines", 1);
            switch (response.path("status").asString("").replaceAll("\\D.*", "")) {
                case "201" -> counts.add("created", 1);
                case "200" -> counts.add("updated", 1);
                case "204" -> counts.add("deleted", 1);
                default -> bad("Entry " + number + ": " + text(response.path("outcome")));
            }
        }
    }

    private void bad(String sentence) {
        counts.add("failed", 1);
        name(sentence);
    }

    private void name(String sentence) {
        if (badLines.size() < NAMED) {
            badLines.add(sentence);
        }
    }

    private static String text(JsonNode outcome) {
        return outcome.path("issue").path(0).path("diagnostics").asString("The server gives no reason.");
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_FAULT ? text : text.substring(0, LONGEST_FAULT) + " …";
    }

    /** The server counts from the first line of a part, people from the first line of the file. */
    private static String renumbered(String text, long before, String unit) {
        return LINE.matcher(text)
                .replaceAll((MatchResult line) -> unit + " " + (Long.parseLong(line.group(1)) + before));
    }

    void print(CommandOutput out, int named) {
        TerminalOutput.Color color = state == State.INCOMPLETE || counts.get("failed") > 0
                ? TerminalOutput.Color.RED
                : TerminalOutput.Color.GREEN;
        String word = state.name().toLowerCase(Locale.ROOT);
        String result = state == State.SKIPPED
                ? "loaded by an earlier import" + (counts.get("failed") > 0 ? ", but for " + counts : "")
                : counts.toString();
        out.line(color, word, " ".repeat(12 - word.length()) + file + ": " + result);
        badLines.stream().limit(named).forEach(line -> out.line("            " + line));
        if (counts.get("failed") > named) {
            out.line("            ... and " + (counts.get("failed") - named) + " more");
        }
        if (fault != null) {
            out.line("            " + fault);
        }
    }

    ObjectNode json() {
        ObjectNode json = FhirJson.MAPPER.createObjectNode().put("file", file.toString());
        json.put("state", state.name().toLowerCase(Locale.ROOT));
        counts.describe(json);
        badLines.forEach(json.putArray("errors")::add);
        return json.put("fault", fault);
    }
}
