package dev.sluice.plan;

import dev.sluice.blob.BlobPath;
import java.util.Objects;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of an export go.
 *
 * @param container the container
 * @param folder the folder in it; empty = its root
 * @param own whether the container was made for this export alone, and is deleted with it
 * @param tables whether files with rows of resources go to a folder of this name in the folder of the table of their type;
 *     null = no
 */
public record OutputLocation(
        String container,
        String folder,
        boolean own,
        @Nullable Boolean tables) {
    private static final String TABLE = ".parquet";

    public OutputLocation {
        Objects.requireNonNull(container);
        Objects.requireNonNull(folder);
    }

    /** A location whose files are all in one folder. */
    public OutputLocation(String container, String folder, boolean own) {
        this(container, folder, own, null);
    }

    /** The same location with files of resources in the folders of tables. */
    public OutputLocation withTables() {
        return new OutputLocation(container, folder, own, true);
    }

    /** Whether files of resources are in the folders of tables. */
    public boolean hasTables() {
        return Boolean.TRUE.equals(tables);
    }

    /** The folder for the files of this export in the folder of a table. */
    public String tableFolder(String type) {
        return type + "/" + folder;
    }

    /** The path of a file in it. The name of a file of resources begins with their type, which no other name does. */
    public BlobPath file(String name) {
        boolean inTable = hasTables() && name.endsWith(TABLE) && Character.isUpperCase(name.charAt(0));
        return new BlobPath(container, inTable ? tableFolder(StringUtils.substringBefore(name, "-")) : folder, name);
    }
}
