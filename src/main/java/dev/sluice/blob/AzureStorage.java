package dev.sluice.blob;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a storage account is reached; exactly one of the first two is given.
 *
 * @param connectionString with an account key or a shared access signature
 * @param accountUrl {@code https} URL of the account's blob endpoint, which is used with the identity
 * @param identity null with a connection string
 * @param timeout how long a request may go without an answer before it is sent again; it must suffice to send 8 MiB
 * @param blockMd5 whether each block is sent with its MD5, for the storage to check
 */
public record AzureStorage(
        @Nullable String connectionString,
        @Nullable String accountUrl,
        @Nullable AzureIdentity identity,
        Duration timeout,
        boolean blockMd5) {
    private static final Pattern KEY = Pattern.compile("(?i)(^|;)\\s*(AccountKey=|UseDevelopmentStorage=true)");

    /** Whether URLs can be signed: by an account key, or by a key that Azure delegates to the identity. */
    public boolean canSign() {
        return connectionString == null || KEY.matcher(connectionString).find();
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "AzureStorage[connectionString=" + (connectionString == null ? "null" : "…") + ", accountUrl="
                + accountUrl + ", identity=" + identity + ", timeout=" + timeout + ", blockMd5=" + blockMd5 + "]";
    }
}
