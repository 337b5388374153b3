package dev.sluice.blob;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A blob that is open for reading; the caller that opened it must close it.
 *
 * @param content the stored bytes of the range asked for; a fault while reading is an {@link IOException}
 * @param totalLength stored bytes of the whole blob
 * @param contentEncoding {@code gzip} where the stored bytes are compressed, null where they are the content itself
 * @param etag changes whenever the blob is replaced; with its quotes, as the HTTP header wants it
 */
public record StoredBlob(
        InputStream content, long totalLength, @Nullable String contentEncoding, String etag) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        content.close();
    }
}
