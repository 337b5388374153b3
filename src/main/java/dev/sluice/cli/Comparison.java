package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;

/**
 * The command {@code compare}: says in which resources two exports differ, whatever their files look like.
 *
 * <p>Reads both sides once, one line at a time, into a {@link ResourceTable}; then those files again that are needed to
 * name what differs.
 */
final class Comparison {
    private final Exports exports;
    private final PrintStream out;

    Comparison(Exports exports, PrintStream out) {
        this.exports = exports;
        this.out = out;
    }

    /** Prints what differs, and a table; 0 if nothing does, 1 otherwise. */
    int of(String a, String b, Report.Strictness strictness) {
        ResourceTable table = new ResourceTable();
        out.println(read(Side.A, a, table));
        out.println(read(Side.B, b, table));
        Findings findings = new Findings(table);
        Map<Key, String> names = new HashMap<>();
        name(a, findings.wanted(Side.A), names);
        name(b, findings.wanted(Side.B), names);
        return new Report(table, findings, names).print(out, strictness) ? 0 : 1;
    }

    private String read(Side side, String place, ResourceTable table) {
        List<NdjsonFile> files = exports.files(place);
        long[] lines = new long[2];
        forEach(files, resource -> {
            if (resource.id().isEmpty()) {
                lines[1]++;
            } else {
                lines[0]++;
                table.add(side, resource);
            }
            return true;
        });
        return side + ": " + place + " (" + files.size() + " files, " + lines[0] + " resources"
                + (lines[1] == 0 ? ")" : ", and " + lines[1] + " OperationOutcomes without an id, left out)");
    }

    /** Looks the wanted keys up in the files, until all that have no name yet have one. */
    private void name(String place, Set<Key> wanted, Map<Key, String> names) {
        wanted.removeAll(names.keySet());
        if (!wanted.isEmpty()) {
            forEach(exports.files(place), resource -> {
                if (wanted.remove(resource.key())) {
                    names.put(resource.key(), resource.type() + "/" + resource.id());
                }
                return !wanted.isEmpty();
            });
        }
    }

    /** Reads on as long as the predicate says so. */
    private static void forEach(List<NdjsonFile> files, Predicate<Resource> next) {
        for (NdjsonFile file : files) {
            try (InputStream in = file.open()) {
                LineReader reader = new LineReader(in);
                for (byte[] line = reader.next(); line != null; line = reader.next()) {
                    if (!next.test(resource(line, file.name() + ", line " + reader.number()))) {
                        return;
                    }
                }
            } catch (IOException e) {
                throw new Unreadable("The file " + file.name() + " cannot be read: " + Exports.reason(e) + ".");
            }
        }
    }

    private static Resource resource(byte[] line, String where) {
        Resource resource;
        try {
            resource = Resource.of(line);
        } catch (JacksonException e) {
            throw new Unreadable(where + " cannot be read: it is not valid JSON: " + e.getOriginalMessage() + ".");
        } catch (Unreadable e) {
            throw new Unreadable(where + " cannot be read: " + e.getMessage() + ".");
        }
        // Reports of an export lie beside its files, and have no id.
        boolean report = resource.type().equals("OperationOutcome");
        if (resource.type().isEmpty() || (resource.id().isEmpty() && !report)) {
            throw new Unreadable(
                    where + " cannot be read: it has no " + (resource.type().isEmpty() ? "resourceType" : "id") + ".");
        }
        return resource;
    }
}
