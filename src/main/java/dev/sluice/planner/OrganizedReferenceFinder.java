package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.r4.ReferenceExtractor;
import dev.sluice.store.RowStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the blocks of resources by their references: a resource belongs to the block of each resource of the block type
 * that it refers to, and to its own block if it has that type itself.
 */
final class OrganizedReferenceFinder implements RowStream.KeyedSink {
    private static final int BATCH = 10_000;

    private final ReferenceExtractor references;
    private final ResourceType by;
    private final ResourceType type;
    private final OrganizedStaging stage;
    private final List<Line> lines = new ArrayList<>();

    private record Line(String head, long key, int bytes, int heads) {}

    /**
     * @param by the block type, of whose instances each has a block
     * @param type the type of the resources
     */
    OrganizedReferenceFinder(
            ReferenceExtractor references, ResourceType by, ResourceType type, OrganizedStaging stage) {
        this.references = references;
        this.by = by;
        this.type = type;
        this.stage = stage;
    }

    @Override
    public void row(long key, String id, byte[] buffer, int offset, int length) {
        Set<String> heads = new LinkedHashSet<>();
        if (type.equals(by)) {
            heads.add(id);
        }
        references.each(buffer, offset, length, found -> {
            if (found.type().equals(by)) {
                heads.add(found.id());
            }
        });
        boolean listed = !heads.isEmpty() && heads.size() <= OrganizedStaging.MOST;
        for (String head : listed ? heads : List.of("")) {
            lines.add(new Line(head, key, length + 1, heads.size()));
        }
        if (lines.size() >= BATCH) {
            flush();
        }
    }

    void flush() {
        stage.add(
                type,
                lines.stream().map(Line::head).toArray(String[]::new),
                lines.stream().map(Line::key).toArray(Long[]::new),
                lines.stream().map(Line::bytes).toArray(Integer[]::new),
                lines.stream().map(Line::heads).toArray(Integer[]::new));
        lines.clear();
    }
}
