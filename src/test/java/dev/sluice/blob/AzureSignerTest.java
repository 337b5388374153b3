package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobClientBuilder;
import com.azure.storage.blob.models.UserDelegationKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys that Azure delegates to an identity, which Azurite does not grant over plain HTTP. */
class AzureSignerTest {
    private final List<String> asked = new ArrayList<>();
    private final HandClock clock = new HandClock();
    private final AzureSigner signer = AzureSigner.byDelegation(this::grant, clock);
    private final BlobClient blob = new BlobClientBuilder()
            .endpoint("https://account.blob.core.windows.net")
            .containerName("container-1")
            .blobName("x")
            .buildClient();

    @Test
    void signatureGrantsReadingForTheTimeAskedFor() {
        String query = signer.sign(blob, Duration.ofMinutes(30));

        assertThat(query)
                .contains("sp=r&", "sr=b", "spr=https&", "skoid=object", "sig=")
                .contains("st=2026-11-23T09%3A55%3A00Z", "se=2026-11-23T10%3A30%3A00Z");
    }

    @Test
    void keyIsAskedForOnceADay() {
        signer.sign(blob, Duration.ofHours(1));
        clock.now = clock.now.plus(Duration.ofHours(23));
        signer.sign(blob, Duration.ofHours(1));
        assertThat(asked).containsExactly("2026-11-23T09:55Z to 2026-11-24T10:00Z");

        clock.now = clock.now.plus(Duration.ofMinutes(1));
        signer.sign(blob, Duration.ofHours(1));
        assertThat(asked).hasSize(2).endsWith("2026-11-24T08:56Z to 2026-11-25T09:01Z");
    }

    @Test
    void longerThanAWeekIsRefused() {
        signer.sign(blob, Duration.ofDays(7));

        assertThatThrownBy(() -> signer.sign(blob, Duration.ofDays(8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a week");
    }

    private UserDelegationKey grant(OffsetDateTime start, OffsetDateTime expiry) {
        asked.add(start + " to " + expiry);
        return new UserDelegationKey()
                .setSignedObjectId("object")
                .setSignedTenantId("tenant")
                .setSignedStart(start)
                .setSignedExpiry(expiry)
                .setSignedService("b")
                .setSignedVersion("2026-10-06")
                .setValue("a2V5");
    }

    private static final class HandClock extends Clock {
        private Instant now = Instant.parse("2026-11-23T10:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
