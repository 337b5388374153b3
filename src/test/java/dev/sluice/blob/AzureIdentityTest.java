package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.core.util.Configuration;
import com.azure.identity.DefaultAzureCredential;
import com.azure.identity.ManagedIdentityCredential;
import com.azure.identity.WorkloadIdentityCredential;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.test.util.ReflectionTestUtils;

class AzureIdentityTest {
    private static final String CLIENT = "11111111-2222-3333-4444-555555555555";

    @Test
    void theCredentialIsOfTheKindThatIsNamed() {
        assertThat(new AzureIdentity(AzureIdentity.Kind.DEFAULT, null).credential())
                .isInstanceOf(DefaultAzureCredential.class);
        TokenCredential managed = new AzureIdentity(AzureIdentity.Kind.MANAGED_IDENTITY, CLIENT).credential();
        assertThat(managed).isInstanceOf(ManagedIdentityCredential.class);
        assertThat(((ManagedIdentityCredential) managed).getClientId()).isEqualTo(CLIENT);
        assertThat(((ManagedIdentityCredential)
                                new AzureIdentity(AzureIdentity.Kind.MANAGED_IDENTITY, null).credential())
                        .getClientId())
                .isNull();
    }

    @SuppressWarnings("deprecation") // a test cannot set the variables of its own process
    @Test
    void aWorkloadIdentityNeedsWhatKubernetesSets() {
        AzureIdentity identity = new AzureIdentity(AzureIdentity.Kind.WORKLOAD_IDENTITY, CLIENT);
        assertThatThrownBy(identity::credential)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "client-id");

        Configuration environment = Configuration.getGlobalConfiguration();
        Map<String, String> set = Map.of("AZURE_TENANT_ID", "tenant", "AZURE_FEDERATED_TOKEN_FILE", "/token");
        set.forEach((name, value) -> environment.put(name, value));
        try {
            TokenCredential credential = identity.credential();
            assertThat(credential).isInstanceOf(WorkloadIdentityCredential.class);
            assertThat(ReflectionTestUtils.getField(credential, "clientId")).isEqualTo(CLIENT);
        } finally {
            set.keySet().forEach(name -> environment.remove(name));
        }
    }
}
