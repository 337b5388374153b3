package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.blob.BlobException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class BlobExceptionTest {
    @Test
    void messageEndsWithWhatTheStorageSaid() {
        IOException root = new IOException("connection reset");
        RuntimeException driver = new IllegalStateException("PUT failed", new UncheckedIOException(root));

        assertThat(new BlobException(Reason.TRANSIENT, "Cannot write 'x'.", driver))
                .hasMessage("Cannot write 'x'. (PUT failed: java.io.IOException: connection reset)")
                .hasCause(driver);
        assertThat(new BlobException(Reason.TRANSIENT, "Cannot write 'x'.", new IOException()))
                .hasMessage("Cannot write 'x'. (IOException)");
    }

    @Test
    void signatureOfAUrlIsNotPassedOn() {
        IOException driver = new IOException("GET https://acct/c/x?sv=2026&sig=c2Vj%2FcmV0&se=1 failed");

        assertThat(new BlobException(Reason.TRANSIENT, "Cannot read 'x'.", driver))
                .hasMessageContaining("?sv=2026&sig=…&se=1")
                .hasMessageNotContaining("c2Vj");
    }
}
