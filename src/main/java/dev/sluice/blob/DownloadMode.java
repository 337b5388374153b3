package dev.sluice.blob;

/** The target of the URLs of a manifest; the key {@code sluice.storage.download}. */
public enum DownloadMode {
    /** This server, which streams the file. */
    SERVER,
    /** The storage, by short-lived signed URLs that are created again for each manifest. */
    SAS,
    /** The storage, by plain URLs; the client brings its own right to read them. */
    DIRECT
}
