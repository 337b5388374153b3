package dev.sluice.fhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class OwnerLimitTest {
    private final OwnerLimit limit = new OwnerLimit("another run of this client");

    @Test
    void anOwnerDoesOneThingAtATime() throws Exception {
        String answer = limit.run("a", () -> {
            assertThat(other("b").join()).isEqualTo("b");
            assertThatThrownBy(() -> other("a").join())
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("The server is busy with another run of this client");
            return "first";
        });

        assertThat(answer).isEqualTo("first");
        assertThat(other("a").join()).as("after the first").isEqualTo("a");
    }

    private CompletableFuture<String> other(String owner) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return limit.run(owner, () -> owner);
            } catch (InterruptedIOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
