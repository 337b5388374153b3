package dev.sluice.blob;

import com.azure.core.credential.TokenCredential;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The identity in Microsoft Entra ID with which a storage account is used.
 *
 * @param kind where its tokens come from
 * @param clientId of a user-assigned identity; null = the identity of the machine, or what the environment says
 */
public record AzureIdentity(Kind kind, @Nullable String clientId) {
    /** Where tokens come from. */
    public enum Kind {
        /** What {@code DefaultAzureCredential} finds first: environment, workload identity, managed identity, CLI. */
        DEFAULT,
        /** The identity service of the machine. */
        MANAGED_IDENTITY,
        /** A token of Kubernetes that Entra ID trusts. */
        WORKLOAD_IDENTITY
    }

    /**
     * A new credential.
     *
     * @throws IllegalStateException if the environment lacks what this kind needs
     */
    TokenCredential credential() {
        return switch (kind) {
            case DEFAULT ->
                new DefaultAzureCredentialBuilder()
                        .managedIdentityClientId(clientId)
                        .workloadIdentityClientId(clientId)
                        .build();
            case MANAGED_IDENTITY ->
                new ManagedIdentityCredentialBuilder().clientId(clientId).build();
            case WORKLOAD_IDENTITY -> workloadIdentity();
        };
    }

    private TokenCredential workloadIdentity() {
        try {
            return new WorkloadIdentityCredentialBuilder().clientId(clientId).build();
        } catch (IllegalArgumentException incomplete) {
            throw new IllegalStateException("sluice.storage.azure.credential=workload-identity needs the variables"
                    + " AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE, which Kubernetes sets for a pod with the label"
                    + " azure.workload.identity/use=true, and AZURE_CLIENT_ID or sluice.storage.azure.client-id.");
        }
    }

    /** For the log. */
    String describe() {
        String name = switch (kind) {
            case DEFAULT -> "DefaultAzureCredential";
            case MANAGED_IDENTITY -> "managed identity";
            case WORKLOAD_IDENTITY -> "workload identity";
        };
        return clientId == null ? name : name + " " + clientId;
    }
}
