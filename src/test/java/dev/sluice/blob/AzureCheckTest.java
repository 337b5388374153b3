package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobContainerItem;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.sluice.IntegrationTest;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@IntegrationTest
class AzureCheckTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final AzuriteServer azurite = AzuriteServer.shared();
    private final FaultyStorage road = FaultyStorage.before(azurite, Duration.ZERO);

    @BeforeEach
    void removeMarks() {
        store().deleteContainer(ContainerName.STORE_MARKS);
    }

    @AfterEach
    void close() {
        road.close();
        store().deleteContainer(ContainerName.STORE_MARKS);
    }

    @Test
    void accountThatCanBeUsedIsOkAndStaysAsItWas() {
        List<String> before = containers();

        Finding first = check(account(azurite.connectionString()), HOUR);
        assertThat(first.level()).isEqualTo(Level.OK);
        assertThat(first.text())
                .contains("can be written, read and emptied, and signs URLs")
                .contains("account key");
        assertThat(containers()).isEqualTo(before);

        store().createContainer(ContainerName.STORE_MARKS);
        assertThat(check(account(azurite.connectionString()), null).level()).isEqualTo(Level.OK);
        assertThat(blobs(ContainerName.STORE_MARKS)).isZero();
    }

    @Test
    void wrongKeyIsNamedAndNotShown() {
        Finding finding = check(account(azurite.connectionString("d3Jvbmc=")), null);

        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.text()).contains("HTTP 403").doesNotContain("d3Jvbmc=");
    }

    @Test
    void missingRoleIsNamedWithTheIdentity() {
        road.fail(StorageFault.FORBIDDEN, request -> request.method().equals("PUT"));

        Finding finding = check(byIdentity(), null);

        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.text()).contains("HTTP 403, AuthorizationPermissionMismatch");
        assertThat(finding.advice())
                .contains("'Storage Blob Data Contributor'")
                .contains("The identity is object id 1234, application id 5678.");
    }

    @Test
    void missingRoleForSigningIsAnotherOne() {
        road.fail(StorageFault.FORBIDDEN, request -> request.target().contains("userdelegationkey"));

        assertThat(check(byIdentity(), null).level()).isEqualTo(Level.OK);
        Finding finding = check(byIdentity(), HOUR);

        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.text()).startsWith("Cannot get a key to sign URLs (HTTP 403");
        assertThat(finding.advice()).contains("'Storage Blob Delegator'", "object id 1234");
    }

    @Test
    void accountThatCannotBeReachedIsTold() {
        Finding closed = check(account(AzuriteServer.connectionStringOf("http://127.0.0.1:1/devstoreaccount1")), null);
        assertThat(closed.level()).isEqualTo(Level.PROBLEM);
        assertThat(closed.advice()).startsWith("The storage account cannot be reached");

        Finding unknown = check(account(AzuriteServer.connectionStringOf("http://absent.invalid/account")), null);
        assertThat(unknown.level()).isEqualTo(Level.PROBLEM);
        assertThat(unknown.advice()).startsWith("The host of the storage account was not found");
    }

    private static Finding check(AzureAccount account, @Nullable Duration signedFor) {
        List<Finding> findings = new AzureCheck(account, signedFor).run();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private static AzureAccount account(String connectionString) {
        return AzureAccount.of(
                new AzureStorage(connectionString, null, null, Duration.ofSeconds(5), false), Clock.systemUTC());
    }

    /** Azurite takes no token without TLS, so this one has the key of the account too. */
    private AzureAccount byIdentity() {
        AzureAccount account = account(road.connectionString());
        String token = new PlainJWT(new JWTClaimsSet.Builder()
                        .claim("oid", "1234")
                        .claim("appid", "5678")
                        .build())
                .serialize();
        TokenCredential credential = request -> Mono.just(
                new AccessToken(token, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
        return new AzureAccount(
                account.client(),
                account.shortTimeout(),
                AzureSigner.byDelegation(account.shortTimeout()::getUserDelegationKey, Clock.systemUTC()),
                credential,
                false,
                "an account");
    }

    private BlobStore store() {
        return new AzureBlobStore(
                account(azurite.connectionString()), BlockPool.forThisMachine(), new StorageOwnership(false));
    }

    private List<String> containers() {
        return new BlobServiceClientBuilder()
                .connectionString(azurite.connectionString()).buildClient().listBlobContainers().stream()
                        .map(BlobContainerItem::getName)
                        .toList();
    }

    private long blobs(String container) {
        return new BlobServiceClientBuilder()
                        .connectionString(azurite.connectionString())
                        .buildClient()
                        .getBlobContainerClient(container)
                        .listBlobs()
                        .stream()
                        .count();
    }
}
