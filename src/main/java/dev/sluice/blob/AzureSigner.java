package dev.sluice.blob;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.UserDelegationKey;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.sas.SasProtocol;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Signs URLs with which a client can read one blob for a limited time. */
final class AzureSigner {
    /** The clocks of this machine and of the storage may differ by this much. */
    private static final Duration SKEW = Duration.ofMinutes(5);
    /** A delegated key serves many signatures; Azure grants it for a week at most. */
    private static final Duration KEY_LIFE = Duration.ofDays(1);

    private static final Duration LONGEST_KEY_LIFE = Duration.ofDays(7);

    private final BiFunction<BlobClient, BlobServiceSasSignatureValues, String> signature;
    private final Clock clock;

    private AzureSigner(BiFunction<BlobClient, BlobServiceSasSignatureValues, String> signature, Clock clock) {
        this.signature = signature;
        this.clock = clock;
    }

    static AzureSigner byAccountKey(Clock clock) {
        return new AzureSigner(BlobClient::generateSas, clock);
    }

    /** @param keys gets a key from Azure that is valid from the first to the second time */
    static AzureSigner byDelegation(BiFunction<OffsetDateTime, OffsetDateTime, UserDelegationKey> keys, Clock clock) {
        DelegatedKey key = new DelegatedKey(keys, clock);
        return new AzureSigner(
                (blob, values) -> blob.generateUserDelegationSas(values, key.validUntil(values.getExpiryTime())),
                clock);
    }

    /** The query of the signed URL, without its question mark. */
    String sign(BlobClient blob, Duration validity) {
        OffsetDateTime now = OffsetDateTime.now(clock);
        boolean encrypted = blob.getAccountUrl().startsWith("https:");
        BlobSasPermission read = new BlobSasPermission().setReadPermission(true);
        return signature.apply(
                blob,
                new BlobServiceSasSignatureValues(now.plus(validity), read)
                        .setStartTime(now.minus(SKEW))
                        .setProtocol(encrypted ? SasProtocol.HTTPS_ONLY : SasProtocol.HTTPS_HTTP));
    }

    private static final class DelegatedKey {
        private final BiFunction<OffsetDateTime, OffsetDateTime, UserDelegationKey> keys;
        private final Clock clock;
        private final AtomicReference<@Nullable UserDelegationKey> cached = new AtomicReference<>();

        DelegatedKey(BiFunction<OffsetDateTime, OffsetDateTime, UserDelegationKey> keys, Clock clock) {
            this.keys = keys;
            this.clock = clock;
        }

        UserDelegationKey validUntil(OffsetDateTime expiry) {
            UserDelegationKey key = cached.get();
            if (key != null && !key.getSignedExpiry().isBefore(expiry)) {
                return key;
            }
            OffsetDateTime now = OffsetDateTime.now(clock);
            if (expiry.isAfter(now.plus(LONGEST_KEY_LIFE))) {
                throw new IllegalArgumentException(
                        "A user delegation lasts a week at most; asked for: until " + expiry);
            }
            BinaryOperator<OffsetDateTime> later = (a, b) -> a.isAfter(b) ? a : b;
            UserDelegationKey fresh =
                    AzureFaults.delegating(() -> keys.apply(now.minus(SKEW), later.apply(expiry, now.plus(KEY_LIFE))));
            cached.set(fresh);
            return fresh;
        }
    }
}
