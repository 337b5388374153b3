package dev.sluice.planner;

import dev.sluice.blob.BlobStore;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How exports are written.
 *
 * @param layout how containers, folders and files are named
 * @param fileSize a file is closed, and the next one begun, at about this many bytes before compression
 * @param compression how files are stored
 * @param newMembers what a patient who is new since {@code _since}, to the group or to the store, brings
 */
@ConfigurationProperties("sluice.export")
record ExportSettings(
        @DefaultValue("azure") OutputNaming layout,
        @DefaultValue("64MB") DataSize fileSize,
        @DefaultValue("none") Compression compression,
        @DefaultValue("everything") NewMembers newMembers) {
    ExportSettings {
        if (fileSize.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "sluice.export.file-size is " + fileSize + "; it must be 1B or more, such as 64MB");
        }
    }

    /** What new patients bring to an export since a moment. */
    enum NewMembers {
        /** Their whole compartments, so that a chain of exports ends with all data of all members. */
        EVERYTHING,
        /** What changed since then, as everybody else. */
        CHANGES
    }

    /** How files are stored. */
    enum Compression {
        NONE(BlobStore.Encoding.IDENTITY, ""),
        /** With {@code Content-Encoding: gzip} and the same names, for clients that read by HTTP. */
        GZIP(BlobStore.Encoding.GZIP, ""),
        /** As files of their own type with names of their own, for tools that read files. */
        GZIP_FILES(BlobStore.Encoding.GZIP_FILE, ".gz");

        private final BlobStore.Encoding encoding;
        private final String suffix;

        Compression(BlobStore.Encoding encoding, String suffix) {
            this.encoding = encoding;
            this.suffix = suffix;
        }

        /** The name of a file whose lines are called so. */
        String file(String name) {
            return name + suffix;
        }

        BlobStore.Encoding encoding() {
            return encoding;
        }
    }
}
