package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.blob.BlobWriter;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonBytes;
import dev.sluice.json.JsonOutput;
import dev.sluice.json.TopLevelScanner;
import dev.sluice.lake.TableRow;
import dev.sluice.lake.TableStatistics;
import dev.sluice.lake.TableWriter;
import dev.sluice.store.SealedLines;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes resources as rows of a table. The columns are read from the line as it is exported, so that nothing is in them
 * that filters of elements or rules have removed from it.
 */
final class TableTarget implements LineTarget {
    private static final int ID = ResourceColumns.ID;
    private static final int PATIENT = 1;
    private static final int VERSION = 2;
    private static final int UPDATED = 3;
    private static final int DELETED = 4;
    private static final int BODY = 5;

    private static final TopLevelScanner ROOT = new TopLevelScanner(Set.of("id", "meta"));
    private static final TopLevelScanner META = new TopLevelScanner(Set.of("versionId", "lastUpdated"));

    private final TableWriter table;
    private final TableRow row;
    private final JsonOutput parts = new JsonOutput();
    private @Nullable String patient;
    private boolean onlyIfNamed;
    private byte[] line = {};
    private byte[] lastTime = {};
    private @Nullable Instant lastInstant;

    TableTarget(BlobWriter blob) {
        this.table = TableWriter.to(blob, ResourceColumns.SCHEMA);
        this.row = table.row();
    }

    /**
     * Sets what the next line does not say of its resource.
     *
     * @param onlyIfNamed whether the row names its patient only if its line does: rules may have removed the reference
     */
    void about(@Nullable String patient, boolean deleted, boolean onlyIfNamed) {
        this.onlyIfNamed = onlyIfNamed;
        this.patient = patient;
        row.flag(DELETED, deleted);
    }

    /** Writes a row for a resource that left the set. */
    void deleted(String id) {
        row.text(ID, id);
        row.flag(DELETED, true);
        table.write();
    }

    @Override
    public void line(byte[] buffer, int offset, int length) {
        line = buffer;
        ROOT.each(buffer, offset, length, this::root);
        boolean isNamed = patient != null && (!onlyIfNamed || names(buffer, offset, length, patient));
        row.text(PATIENT, isNamed ? patient : null);
        row.text(BODY, buffer, offset, length);
        table.write();
    }

    /** Whether a line is this patient or refers to it. */
    private static boolean names(byte[] buffer, int offset, int length, String patient) {
        String text = new String(buffer, offset, length, UTF_8);
        return text.contains("Patient/" + patient + "\"")
                || text.contains("Patient/" + patient + "/")
                || text.contains("\"id\":\"" + patient + "\"");
    }

    @Override
    public void part(byte[] buffer, int offset, int length) {
        parts.put(buffer, offset, offset + length);
    }

    @Override
    public void end() {
        line(parts.bytes(), 0, parts.size());
        parts.clear();
    }

    private void root(String name, int start, int value, int end) {
        if (name.equals("id")) {
            text(ID, value, end);
        } else if (line[value] == '{') {
            META.each(line, value, end - value, this::meta);
        }
    }

    private void meta(String name, int start, int value, int end) {
        if (name.equals("versionId")) {
            text(VERSION, value, end);
        } else if (line[value] == '"') {
            row.timestamp(UPDATED, time(value + 1, end - 1));
        }
    }

    private void text(int column, int value, int end) {
        if (line[value] == '"') {
            boolean plain = JsonBytes.next((byte) '\\', line, value, end) == end;
            if (plain) {
                row.text(column, line, value + 1, end - value - 2);
            } else {
                row.text(column, FhirJson.MAPPER.readValue(line, value, end - value, String.class));
            }
        }
    }

    /** Rows that were written together have one time. A partial time, which rules may leave, has no instant. */
    private @Nullable Instant time(int from, int to) {
        if (!Arrays.equals(lastTime, 0, lastTime.length, line, from, to)) {
            lastTime = Arrays.copyOfRange(line, from, to);
            lastInstant = FhirInstant.parse(new String(lastTime, UTF_8))
                    .map(FhirInstant.Span::from)
                    .orElse(null);
        }
        return lastInstant;
    }

    @Override
    public void lines(SealedLines sealed) {
        throw new IllegalStateException("Sealed lines have no patients, so tables are not read from them.");
    }

    @Override
    public void finish() {
        table.finish();
    }

    @Override
    public TableStatistics statistics() {
        return table.statistics();
    }

    @Override
    public void close() {
        table.close();
    }
}
