package dev.sluice.plan;

import dev.sluice.blob.BlobPath;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of an export go.
 *
 * @param container the container
 * @param folder the folder in it; empty = its root
 * @param own whether the container was made for this export alone, and is deleted with it
 * @param tables whether files of tables go to a folder of this name in the folder of their table; null = no
 */
public record OutputLocation(
        String container,
        String folder,
        boolean own,
        @Nullable Boolean tables) {
    /** The name of a file of a table: that of the table, and a number. The names of files of deletions have none there. */
    private static final Pattern TABLE_FILE = Pattern.compile("([A-Za-z][A-Za-z0-9_]*)-[0-9].*\\.parquet");

    public OutputLocation {
        Objects.requireNonNull(container);
        Objects.requireNonNull(folder);
    }

    /** A location whose files are all in one folder. */
    public OutputLocation(String container, String folder, boolean own) {
        this(container, folder, own, null);
    }

    /** The same location with files of tables in the folders of these. */
    public OutputLocation withTables() {
        return new OutputLocation(container, folder, own, true);
    }

    /** Whether files of tables are in the folders of these. */
    public boolean hasTables() {
        return Boolean.TRUE.equals(tables);
    }

    /** The folder for the files of this export in the folder of a table. */
    public String tableFolder(String table) {
        return table + "/" + folder;
    }

    /** The path of a file in it. */
    public BlobPath file(String name) {
        Matcher file = TABLE_FILE.matcher(name);
        return new BlobPath(container, hasTables() && file.matches() ? tableFolder(file.group(1)) : folder, name);
    }
}
