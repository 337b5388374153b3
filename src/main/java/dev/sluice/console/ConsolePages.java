package dev.sluice.console;

import dev.sluice.security.Operation;
import java.util.List;
import java.util.Set;

/** The pages in the navigation, in its order. */
final class ConsolePages {
    private static final List<Entry> ALL = List.of(
            new Entry("/console/jobs", "Jobs", Set.of()),
            new Entry("/console/exports/new", "New export", Set.of(Operation.EXPORT)),
            new Entry("/console/groups", "Groups", Set.of(Operation.EXPORT)),
            new Entry("/console/feeds", "Feeds", Set.of(Operation.EXPORT)),
            new Entry("/console/imports/new", "Import", Set.of(Operation.IMPORT)),
            new Entry("/console/contents", "Contents", Set.of(Operation.VIEW)),
            new Entry("/console/health", "Health", Set.of(Operation.VIEW)),
            new Entry("/console/audit", "Audit", Set.of(Operation.ADMINISTER)),
            new Entry("/console/settings", "Settings", Set.of(Operation.ADMINISTER)));

    private ConsolePages() {}

    /**
     * A page.
     *
     * @param needs what a caller must be allowed to do for the page to be of use
     */
    record Entry(String path, String text, Set<Operation> needs) {}

    static List<Entry> all() {
        return ALL;
    }
}
