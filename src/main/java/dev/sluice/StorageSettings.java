package dev.sluice;

import dev.sluice.blob.AzureIdentity;
import dev.sluice.blob.AzureStorage;
import dev.sluice.blob.DownloadMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings {@code sluice.storage.*}: where files are stored, and how clients download them. Invalid combinations
 * are refused at startup.
 *
 * @param kind a folder, or Azure Blob Storage
 * @param local settings of the folder
 * @param azure settings of the storage account
 * @param download the target of the URLs of a manifest; null = the default of the kind, by {@link #mode}
 * @param adopt whether this store takes over the storage, although another one may have written to it
 */
@ConfigurationProperties("sluice.storage")
record StorageSettings(
        @DefaultValue("local") Kind kind,
        @DefaultValue Local local,
        @DefaultValue Azure azure,
        @Nullable DownloadMode download,
        @DefaultValue("false") boolean adopt) {
    /** The two kinds of storage. */
    enum Kind {
        LOCAL,
        AZURE
    }

    StorageSettings {
        if (kind == Kind.AZURE) {
            azure.requireOne();
            if (download == DownloadMode.SAS && !azure.storage().canSign()) {
                throw new IllegalArgumentException("sluice.storage.download=sas needs something to sign with, which a"
                        + " connection string with a shared access signature is not: give one with the account key, or"
                        + " sluice.storage.azure.account-url, or use download=server.");
            }
        } else if (download != null && download != DownloadMode.SERVER) {
            throw new IllegalArgumentException("sluice.storage.download="
                    + download.name().toLowerCase(Locale.ROOT)
                    + " needs sluice.storage.kind=azure: clients cannot fetch"
                    + " files from a folder of this machine. Use download=server.");
        }
    }

    /** The configured mode; by default the server for a folder, and plain blob URLs for a storage account. */
    DownloadMode mode() {
        if (download != null) {
            return download;
        }
        return kind == Kind.AZURE ? DownloadMode.DIRECT : DownloadMode.SERVER;
    }

    /**
     * The folder.
     *
     * @param root containers are folders below it
     * @param minFree how much of the disk is kept free; null = 1 GB, or a twentieth of the disk if that is less
     */
    record Local(String root, @Nullable DataSize minFree) {
        Local {
            // A string, since Spring itself would take what is on the class path too for a resource there.
            root = Path.of(root).normalize().toString();
            if (minFree != null && minFree.isNegative()) {
                throw new IllegalArgumentException(
                        "sluice.storage.local.min-free is " + minFree + "; it must be 0B or more, such as 1GB");
            }
        }

        Path folder() {
            return Path.of(root);
        }

        @Nullable
        Long minFreeBytes() {
            return minFree == null ? null : minFree.toBytes();
        }
    }

    /**
     * The storage account; exactly one of the first two is given.
     *
     * @param connectionString with an account key or a shared access signature
     * @param accountUrl {@code https} URL of the account's blob endpoint
     * @param credential with the URL: where tokens come from
     * @param clientId with the URL: of a user-assigned identity
     * @param timeout how long a request may go without an answer before it is sent again; it must suffice to send 8 MiB
     * @param blockMd5 whether each block is sent with its MD5, for the storage to check
     * @param sasLifetime how long a signed URL opens, from the manifest that has it on
     */
    record Azure(
            @Nullable String connectionString,
            @Nullable String accountUrl,
            @DefaultValue("default") AzureIdentity.Kind credential,
            @Nullable String clientId,
            @DefaultValue("60s") Duration timeout,
            @DefaultValue("false") boolean blockMd5,
            @DefaultValue("1h") Duration sasLifetime) {
        private static final Duration SHORTEST_SAS = Duration.ofMinutes(1);
        /** Azure delegates no key for longer. */
        private static final Duration LONGEST_SAS = Duration.ofDays(7);

        Azure {
            connectionString = blankToNull(connectionString);
            accountUrl = blankToNull(accountUrl);
            clientId = blankToNull(clientId);
            if (timeout.toMillis() < 1_000) {
                throw new IllegalArgumentException("sluice.storage.azure.timeout is " + timeout.toMillis()
                        + " ms; it must be at least 1000 ms, such as 60s");
            }
            if (sasLifetime.compareTo(SHORTEST_SAS) < 0 || sasLifetime.compareTo(LONGEST_SAS) > 0) {
                throw new IllegalArgumentException("sluice.storage.azure.sas-lifetime is " + sasLifetime.toSeconds()
                        + " s; it must be 1m to 7d, such as 1h");
            }
        }

        AzureStorage storage() {
            AzureIdentity identity = accountUrl == null ? null : identity();
            return new AzureStorage(connectionString, accountUrl, identity, timeout, blockMd5);
        }

        AzureIdentity identity() {
            return new AzureIdentity(credential, clientId);
        }

        private void requireOne() {
            if ((connectionString == null) == (accountUrl == null)) {
                throw new IllegalArgumentException("sluice.storage.kind=azure needs either"
                        + " sluice.storage.azure.connection-string or sluice.storage.azure.account-url, and not both.");
            }
            if (connectionString != null && (credential != AzureIdentity.Kind.DEFAULT || clientId != null)) {
                throw new IllegalArgumentException("sluice.storage.azure.credential and sluice.storage.azure.client-id"
                        + " need sluice.storage.azure.account-url: a connection string has a credential of its own.");
            }
            if (accountUrl != null && !isAccountUrl(accountUrl)) {
                throw new IllegalArgumentException("sluice.storage.azure.account-url must be like"
                        + " https://youraccount.blob.core.windows.net, without a query. A shared access signature belongs"
                        + " into sluice.storage.azure.connection-string.");
            }
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "Azure[" + storage() + ", sasLifetime=" + sasLifetime + "]";
        }

        private static boolean isAccountUrl(String text) {
            try {
                URI url = URI.create(text);
                return "https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null && url.getRawQuery() == null;
            } catch (IllegalArgumentException malformed) {
                return false;
            }
        }

        private static @Nullable String blankToNull(@Nullable String text) {
            return text == null || text.isBlank() ? null : text.strip();
        }
    }
}
