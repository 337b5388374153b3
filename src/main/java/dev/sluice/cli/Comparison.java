package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import tools.jackson.core.JacksonException;

/**
 * The command {@code compare}: says in which resources two exports differ, whatever their files look like.
 *
 * <p>Reads both sides once, one line at a time, into a {@link ResourceTable}; then those files again that are needed to
 * name what differs.
 */
final class Comparison {
    /** Reports of an export lie beside its files, and have no id. */
    private static final String REPORT = "OperationOutcome";

    /** Headers of blocks have none either. What follows one may be repeated in other blocks. */
    private static final String HEADER = "Parameters";

    private final Exports exports;
    private final PrintStream out;

    Comparison(Exports exports, PrintStream out) {
        this.exports = exports;
        this.out = out;
    }

    /** Prints what differs, and a table; 0 if nothing does, 1 otherwise. */
    int of(String a, String b, Report.Strictness strictness) {
        ResourceTable table = new ResourceTable(strictness.versions());
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
        Map<String, Long> without = new TreeMap<>();
        long[] resources = new long[1];
        forEach(files, (resource, inBlock) -> {
            if (resource.id().isEmpty()) {
                without.merge(resource.type(), 1L, Long::sum);
            } else {
                resources[0]++;
                table.add(side, resource, inBlock);
            }
            return true;
        });
        StringBuilder text =
                new StringBuilder(side + ": " + place + " (" + files.size() + " files, " + resources[0] + " resources");
        if (without.containsKey(HEADER)) {
            text.append(", in ").append(without.get(HEADER)).append(" blocks");
        }
        if (without.containsKey(REPORT)) {
            text.append(", and ").append(without.get(REPORT)).append(" OperationOutcomes without an id, left out");
        }
        return text + ")";
    }

    /** Looks the wanted keys up in the files, until all that have no name yet have one. */
    private void name(String place, Set<Key> wanted, Map<Key, String> names) {
        wanted.removeAll(names.keySet());
        if (!wanted.isEmpty()) {
            forEach(exports.files(place), (resource, inBlock) -> {
                if (wanted.remove(resource.key())) {
                    names.put(resource.key(), resource.type() + "/" + resource.id());
                }
                return !wanted.isEmpty();
            });
        }
    }

    /** Reads on as long as the predicate says so, which is told whether the resource stands in a block. */
    private static void forEach(List<NdjsonFile> files, BiPredicate<Resource, Boolean> next) {
        for (NdjsonFile file : files) {
            boolean inBlock = false;
            try (InputStream in = file.open()) {
                LineReader reader = new LineReader(in);
                for (byte[] line = reader.next(); line != null; line = reader.next()) {
                    Resource resource = resource(line, file.name() + ", line " + reader.number());
                    inBlock |= resource.id().isEmpty() && resource.type().equals(HEADER);
                    if (!next.test(resource, inBlock)) {
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
        boolean needsNone = resource.type().equals(REPORT) || resource.type().equals(HEADER);
        if (resource.type().isEmpty() || (resource.id().isEmpty() && !needsNone)) {
            throw new Unreadable(
                    where + " cannot be read: it has no " + (resource.type().isEmpty() ? "resourceType" : "id") + ".");
        }
        return resource;
    }
}
