package dev.sluice.deidservice;

import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.util.Context;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import dev.sluice.blob.AzureIdentity;
import dev.sluice.deid.InvalidRulesException;
import dev.sluice.deid.KeyReference;
import dev.sluice.fhir.FhirException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads secrets from Azure Key Vault, each time anew: a secret that has changed holds for the next export.
 *
 * @param credential made when a secret is read: most servers read none
 * @param http for its requests
 */
record VaultReader(Supplier<TokenCredential> credential, HttpClient http) {
    private static final Logger log = LoggerFactory.getLogger(VaultReader.class);

    /** A client waits for the answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final RetryOptions RETRIES = new RetryOptions(new FixedDelayOptions(1, Duration.ofMillis(500)));

    static VaultReader of(AzureIdentity identity) {
        HttpClient http = new JdkHttpClientBuilder()
                .connectionTimeout(TIMEOUT)
                .writeTimeout(TIMEOUT)
                .responseTimeout(TIMEOUT)
                .readTimeout(TIMEOUT)
                .build();
        return new VaultReader(identity::credential, http);
    }

    /** The text of a secret; null if the vault has none of this name. */
    @Nullable
    String read(KeyReference reference) {
        URI url = URI.create(reference.name());
        String[] parts = url.getPath().split("/", -1); // "", "secrets", the name, and perhaps the version
        try {
            SecretClient client = new SecretClientBuilder()
                    .vaultUrl("https://" + url.getAuthority())
                    .credential(credential.get())
                    .httpClient(http)
                    .retryOptions(RETRIES)
                    .buildClient();
            return client.getSecretWithResponse(parts[2], parts.length > 3 ? parts[3] : null, Context.NONE)
                    .getValue()
                    .getValue();
        } catch (HttpResponseException e) {
            int status = e.getResponse().getStatusCode();
            log.warn("The vault answers the request for keyRef {} with the status {}.", reference, status);
            if (status == 404) {
                return null;
            }
            if (status == 401 || status == 403) {
                throw new InvalidRulesException("The vault does not let this server read the keyRef " + reference
                        + ": give its identity the role 'Key Vault Secrets User'.");
            }
            throw unavailable(reference, e);
        } catch (RuntimeException e) { // no token, or no connection
            log.warn("The keyRef {} cannot be read.", reference, e);
            throw unavailable(reference, e);
        }
    }

    private static FhirException unavailable(KeyReference reference, RuntimeException cause) {
        return FhirException.of(
                503, "transient", "The keyRef " + reference + " cannot be read now. Try again later.", cause);
    }
}
