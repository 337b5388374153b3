package dev.sluice.bulkclient;

import dev.sluice.bulkclient.ReceivedManifest.FileItem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Names the files of an export in its folder: as their URLs end, if that is a name for a file of an export that no other
 * file has, otherwise by their types and numbers. The same manifest gives the same names. For use by one thread.
 */
final class FileNames {
    /** How every name ends. */
    static final String ENDING = "\\.(ndjson(\\.gz)?|parquet)";

    private static final String USABLE = "[A-Za-z0-9][A-Za-z0-9._-]{0,150}" + ENDING;

    private final Set<String> used = new HashSet<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** The name of the next file. */
    String next(FileItem item) {
        String name = item.name();
        // Some file systems do not distinguish upper and lower case.
        while (!name.matches(USABLE) || !used.add(name.toLowerCase(Locale.ROOT))) {
            String type = item.type().matches("[A-Za-z]{1,60}") ? item.type() : item.list();
            name = type + "-" + numbers.merge(type, 1, Integer::sum) + (item.isTable() ? ".parquet" : ".ndjson");
        }
        return name;
    }
}
