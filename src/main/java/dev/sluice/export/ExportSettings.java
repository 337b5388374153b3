package dev.sluice.export;

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
 */
@ConfigurationProperties("sluice.export")
record ExportSettings(
        @DefaultValue("azure") Layout layout,
        @DefaultValue("64MB") DataSize fileSize,
        @DefaultValue("none") Compression compression) {
    ExportSettings {
        if (fileSize.toBytes() < 1) {
            throw new IllegalArgumentException("sluice.export.file-size is " + fileSize + "; it must be 1B or more");
        }
    }

    /** How files are stored. */
    enum Compression {
        NONE(BlobStore.Encoding.IDENTITY),
        GZIP(BlobStore.Encoding.GZIP);

        private final BlobStore.Encoding encoding;

        Compression(BlobStore.Encoding encoding) {
            this.encoding = encoding;
        }

        BlobStore.Encoding encoding() {
            return encoding;
        }
    }
}
