package dev.sluice.database;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/** The settings of the embedded PostgreSQL whose defaults are too small for a store of resources. */
public final class EmbeddedSettings {
    private static final long MB = 1024 * 1024;

    /** A filter's rows lie far apart: pages that have to be fetched again make it take twice as long. */
    private static final long SHARE_OF_PAGES = 8;

    private EmbeddedSettings() {}

    /** The settings by their names, for this machine, or for the container that this process is held in. */
    public static Map<String, String> here() {
        return of(
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize());
    }

    /**
     * The settings by their names.
     *
     * @param memory bytes of the machine; an eighth of it, 128 MB to 2 GB, is for pages of tables and indexes
     */
    static Map<String, String> of(long memory) {
        long pages = Math.max(128, Math.min(2048, memory / SHARE_OF_PAGES / MB));
        return Map.of("shared_buffers", pages + "MB", "max_wal_size", "4GB", "jit", "off");
    }
}
