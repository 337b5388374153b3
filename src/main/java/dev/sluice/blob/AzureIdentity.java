package dev.sluice.blob;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The identity in Microsoft Entra ID with which a storage account and key vaults are used.
 *
 * @param kind where its tokens come from
 * @param clientId of a user-assigned identity; null = the identity of the machine, or what the environment says
 */
public record AzureIdentity(Kind kind, @Nullable String clientId) {
    private static final String STORAGE = "https://storage.azure.com/.default";

    /** What tells in a token whose it is, and the words for it. */
    private static final List<Map.Entry<String, String>> CLAIMS =
            List.of(Map.entry("upn", "user"), Map.entry("oid", "object id"), Map.entry("appid", "application id"));

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
    public TokenCredential credential() {
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

    /** How the portal names the one whose tokens a credential gives; empty if there is no token, or it does not say. */
    static Optional<String> principal(TokenCredential credential) {
        try {
            AccessToken token = credential.getTokenSync(new TokenRequestContext().addScopes(STORAGE));
            JWTClaimsSet claims = JWTParser.parse(token.getToken()).getJWTClaimsSet();
            String names = CLAIMS.stream()
                    .filter(claim -> claims.getClaim(claim.getKey()) instanceof String)
                    .map(claim -> claim.getValue() + " " + claims.getClaim(claim.getKey()))
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? Optional.empty() : Optional.of(names);
        } catch (ParseException | RuntimeException unknown) { // the fault for which it is asked is told anyway
            return Optional.empty();
        }
    }
}
