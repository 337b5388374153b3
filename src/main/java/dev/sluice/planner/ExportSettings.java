package dev.sluice.planner;

import dev.sluice.blob.BlobStore;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of exports, {@code sluice.export}.
 *
 * @param layout how containers, folders and files are named
 * @param fileSize the approximate size of a file in bytes before compression
 * @param compression how files are stored
 * @param newMembers which data is exported for a patient who joined the group, or came to the store, after {@code
 *     _since}
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

    /** Which data an export with {@code _since} takes for patients who joined after that time. */
    enum NewMembers {
        /** Their whole compartments, so that a chain of exports yields all data of all members. */
        EVERYTHING,
        /** Only what changed after that time, as for all other patients. */
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

        /** The full name of a file, with its extension. */
        String file(String name) {
            return name + suffix;
        }

        BlobStore.Encoding encoding() {
            return encoding;
        }
    }
}
