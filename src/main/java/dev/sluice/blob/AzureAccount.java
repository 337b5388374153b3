package dev.sluice.blob;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.commons.lang3.ObjectUtils;
import org.jspecify.annotations.Nullable;

/**
 * The clients and the signer of an Azure storage account.
 *
 * @param client tries again for half a minute when the storage is busy or out of reach; one that takes requests and
 *     does not answer holds it for six times the time-out
 * @param shortTimeout gives up within seconds, for requests that a client waits for
 * @param signer null where the credential cannot sign
 * @param credential of an identity; null = an account key or a shared access signature
 * @param blockMd5 whether blocks are sent with their MD5
 * @param description for the log, without a secret
 */
record AzureAccount(
        BlobServiceClient client,
        BlobServiceClient shortTimeout,
        @Nullable AzureSigner signer,
        @Nullable TokenCredential credential,
        boolean blockMd5,
        String description) {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration IMPATIENCE = Duration.ofSeconds(5);

    static AzureAccount of(AzureStorage settings, Clock clock) {
        @Nullable
        TokenCredential identity =
                settings.identity() == null ? null : settings.identity().credential();
        BlobServiceClient client = client(
                settings,
                identity,
                new RequestRetryOptions(
                        RetryPolicyType.EXPONENTIAL, 6, null, Duration.ofMillis(500), Duration.ofSeconds(30), null),
                settings.timeout());
        BlobServiceClient shortTimeout = client(
                settings,
                identity,
                new RequestRetryOptions(
                        RetryPolicyType.EXPONENTIAL, 2, null, Duration.ofMillis(250), Duration.ofSeconds(1), null),
                ObjectUtils.min(settings.timeout(), IMPATIENCE));
        String description = "Azure Blob Storage " + client.getAccountUrl() + " (" + credential(settings) + ")";
        return new AzureAccount(
                client, shortTimeout, signer(settings, client, clock), identity, settings.blockMd5(), description);
    }

    /** The same account for callers who cannot wait. */
    AzureAccount forImpatientCallers() {
        return new AzureAccount(shortTimeout, shortTimeout, signer, credential, blockMd5, description);
    }

    /** Who the credential is of; empty without a credential, or if it gives no token. */
    Optional<String> principal() {
        return Optional.ofNullable(credential).flatMap(AzureIdentity::principal);
    }

    private static BlobServiceClient client(
            AzureStorage settings, @Nullable TokenCredential identity, RequestRetryOptions retries, Duration timeout) {
        BlobServiceClientBuilder builder = new BlobServiceClientBuilder()
                .httpClient(new JdkHttpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1))
                        .connectionTimeout(ObjectUtils.min(timeout, CONNECT))
                        .writeTimeout(timeout)
                        .responseTimeout(timeout)
                        .readTimeout(timeout)
                        .build())
                .retryOptions(retries)
                .addPolicy(new RetryAfterPolicy(retries));
        return identity == null
                ? builder.connectionString(settings.connectionString()).buildClient()
                : builder.endpoint(settings.accountUrl()).credential(identity).buildClient();
    }

    private static @Nullable AzureSigner signer(AzureStorage settings, BlobServiceClient client, Clock clock) {
        if (!settings.canSign()) {
            return null;
        }
        return settings.connectionString() != null
                ? AzureSigner.byAccountKey(clock)
                : AzureSigner.byDelegation(client::getUserDelegationKey, clock);
    }

    private static String credential(AzureStorage settings) {
        if (settings.identity() != null) {
            return settings.identity().describe();
        }
        return settings.canSign() ? "account key" : "shared access signature";
    }
}
