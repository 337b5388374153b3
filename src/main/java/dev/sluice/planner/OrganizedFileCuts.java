package dev.sluice.planner;

import dev.sluice.store.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the lines of an export in blocks into files of about one size: between blocks, as long as a block is not larger
 * than a file. Such a block is given in parts, and goes on from file to file.
 */
final class OrganizedFileCuts {
    private final long size;
    private final List<OrganizedFileRange> done = new ArrayList<>();
    private @Nullable KeyRange open;

    /** @param size bytes of a file */
    OrganizedFileCuts(long size) {
        this.size = size;
    }

    /**
     * Takes the next block, or the next part of one.
     *
     * @param lines follow those before
     * @param continued whether it is not the first part of its block
     */
    void add(KeyRange lines, boolean continued) {
        if (open != null && (continued || open.bytes() + lines.bytes() > size)) {
            done.add(new OrganizedFileRange(open, continued));
            open = null;
        }
        open = open == null ? lines : open.and(lines);
    }

    /** The files. */
    List<OrganizedFileRange> finish() {
        if (open != null) {
            done.add(new OrganizedFileRange(open, false));
        }
        return done;
    }
}
