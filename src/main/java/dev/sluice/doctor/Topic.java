package dev.sluice.doctor;

import java.util.Locale;

/** What is checked, in the order of the checks. */
public enum Topic {
    /** The keys and values of the configuration. */
    SETTINGS,
    /** Who gets in, and by which connections. */
    ACCESS,
    /** Whether the database answers and will do. */
    DATABASE,
    /** The migrations of the database. */
    SCHEMA,
    /** What the role of the database may do. */
    RIGHTS,
    /** Whether events can be recorded and not removed. */
    AUDIT,
    /** The number of connections to the database. */
    CONNECTIONS,
    /** The standbys from which exports read. */
    REPLICAS,
    /** The encryption of the connections to the database. */
    ENCRYPTION,
    /** The clocks of this machine and of the database. */
    CLOCK,
    /** The place of the exported files. */
    STORAGE,
    /** The certificate of the server. */
    TLS,
    /** Keys, clients and providers of access tokens. */
    TOKENS,
    /** The free space of the disks of this machine. */
    DISK;

    /** The name in a line of the result. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
