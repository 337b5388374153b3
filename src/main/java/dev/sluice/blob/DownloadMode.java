package dev.sluice.blob;

/** What the URLs of a manifest point at; the key {@code sluice.storage.download}. */
public enum DownloadMode {
    /** This server, which streams the file. */
    SERVER,
    /** The storage, by short-lived signed URLs that are minted anew at each manifest. */
    SAS,
    /** The storage, by plain URLs; the client brings its own right to read them. */
    DIRECT
}
