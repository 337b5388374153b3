package dev.sluice.blob;

import static dev.sluice.blob.BlobContent.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.sas.AccountSasPermission;
import com.azure.storage.common.sas.AccountSasResourceType;
import com.azure.storage.common.sas.AccountSasService;
import com.azure.storage.common.sas.AccountSasSignatureValues;
import dev.sluice.SingleMember;
import dev.sluice.SlowTest;
import dev.sluice.blob.BlobException.Reason;
import dev.sluice.blob.BlobStore.Encoding;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SlowTest
class AzureBlobStoreTest extends BlobStoreContract {
    private static final Clock CLOCK = Clock.systemUTC();

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startAzurite() {
        AzuriteServer.shared();
    }

    @Override
    BlobStore storeWith(BlockPool pool) {
        return store(AzuriteServer.shared().connectionString(), pool);
    }

    @Test
    void blobSaysThatItIsNdjson() throws Exception {
        write(store, path, Encoding.GZIP, "{}\n".getBytes(StandardCharsets.US_ASCII));

        HttpResponse<byte[]> response = get(store.signedUri(path, Duration.ofMinutes(5)));

        assertThat(response.headers().firstValue("content-type")).contains("application/fhir+ndjson");
        assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(SingleMember.unpack(response.body()))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("{}\n");
    }

    @Test
    void aWriterNamesTheTypeOfItsContent() throws Exception {
        assertThat(typeOf(Encoding.IDENTITY)).contains("application/x-ndjson");
        assertThat(typeOf(Encoding.GZIP)).contains("application/x-ndjson");
        assertThat(typeOf(Encoding.GZIP_FILE))
                .as("a file that is compressed itself")
                .contains("application/gzip");
    }

    private Optional<String> typeOf(Encoding encoding) throws Exception {
        try (BlobWriter writer = store.create(path, encoding)) {
            writer.contentType("application/x-ndjson");
            writer.write(new byte[] {'{', '}', '\n'}, 0, 3);
            writer.commit();
        }
        return get(store.signedUri(path, Duration.ofMinutes(5))).headers().firstValue("content-type");
    }

    @Test
    void signedUrlOpensOneBlobAndThePlainOneDoesNot() throws Exception {
        BlobPath odd = BlobPath.of(container, "run 1/Patient+ü-1.ndjson");
        write(store, odd, "signed");

        URI signed = store.signedUri(odd, Duration.ofMinutes(5));

        assertThat(get(signed).body()).asString(StandardCharsets.UTF_8).isEqualTo("signed");
        assertThat(signed.toString()).startsWith(store.uri(odd) + "?");
        assertThat(store.pathOf(signed)).contains(odd);
        assertThat(get(store.uri(odd)).statusCode()).isBetween(400, 404);
        assertThat(get(URI.create(signed.toString().replace("Patient", "Group")))
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(store.signedUri(odd, Duration.ofMinutes(-1))).statusCode())
                .isEqualTo(403);
    }

    @Test
    void signedUrlGivesNoOtherRightThanToReadTheBlob() throws Exception {
        write(store, path, "signed");
        URI signed = store.signedUri(path, Duration.ofMinutes(5));
        String list = AzuriteServer.shared().endpoint() + "/" + container + "?restype=container&comp=list&"
                + signed.getRawQuery();

        assertThat(send("PUT", signed)).isEqualTo(403);
        assertThat(send("DELETE", signed)).isEqualTo(403);
        assertThat(send("GET", URI.create(list))).isEqualTo(403);
        assertThat(get(signed).body()).asString(StandardCharsets.UTF_8).isEqualTo("signed");
    }

    private int send(String method, URI url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("x-ms-blob-type", "BlockBlob")
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @Test
    void urlIsThatOfTheBlobWithItsSlashes() {
        assertThat(store.uri(path))
                .hasToString(AzuriteServer.shared().endpoint() + "/" + container + "/run-1/Patient-1.ndjson");
        assertThat(store.pathOf(URI.create(store.uri(path) + "?snapshot=2026-11-23T10:15:30Z")))
                .isEmpty();
    }

    @Test
    void wrongKeyIsNamedByTheProbe() {
        try (BlobStore wrong = store(AzuriteServer.shared().connectionString("d3Jvbmc="), pool())) {
            BlobException problem = catchThrowableOfType(BlobException.class, () -> wrong.probe(container));

            assertThat(problem.reason()).isEqualTo(Reason.PERMANENT);
            assertThat(problem)
                    .hasMessageContaining("the account key is wrong")
                    .hasMessageContaining("sluice.storage.azure.connection-string")
                    .hasMessageContaining("Status code 403")
                    .hasMessageNotContaining("d3Jvbmc=");
        }
    }

    @Test
    void stoppedServerIsFoundByTheProbeWithinSeconds() {
        AzuriteServer server = AzuriteServer.start();
        server.close();
        try (BlobStore gone = store(server.connectionString(), pool())) {
            long start = System.nanoTime();

            BlobException problem = catchThrowableOfType(BlobException.class, () -> gone.probe(container));

            assertThat(problem.reason()).isEqualTo(Reason.TRANSIENT);
            assertThat(problem).hasMessageContaining("cannot be reached").hasMessageContaining(server.endpoint());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void hostThatDoesNotExistIsNamedByTheProbe() {
        String nowhere = AzuriteServer.shared()
                .connectionString()
                .replace(AzuriteServer.shared().endpoint(), "http://account.invalid/devstoreaccount1");
        try (BlobStore lost = store(nowhere, pool())) {
            assertThatThrownBy(() -> lost.probe(container))
                    .isInstanceOf(BlobException.class)
                    .hasMessageContaining("host of the storage account was not found")
                    .hasMessageContaining("account.invalid");
        }
    }

    @Test
    void sharedAccessSignatureWritesButDoesNotSign() {
        try (BlobStore limited = store(sas("rwdl"), pool())) {
            limited.probe(container);

            assertThatThrownBy(() -> limited.signedUri(path, Duration.ofMinutes(1)))
                    .isInstanceOf(BlobException.class)
                    .hasMessageContaining("cannot sign");
            assertThat(limited.describe())
                    .isEqualTo(
                            "Azure Blob Storage " + AzuriteServer.shared().endpoint() + " (shared access signature)");
        }
    }

    @Test
    void containerThatIsThereCountsWithoutTheRightToCreateIt() {
        try (BlobStore limited = store(sas("rl"), pool())) {
            assertThat(limited.createContainer(container)).isFalse();
        }
    }

    @Test
    void signatureWithoutTheRightToWriteIsNamedByTheProbe() {
        try (BlobStore reader = store(sas("rl"), pool())) {
            assertThatThrownBy(() -> reader.probe(container))
                    .isInstanceOf(BlobException.class)
                    .hasMessageContaining("Storage Blob Data Contributor")
                    .hasMessageContaining("Status code 403")
                    .hasMessageNotContainingAny(sas("rl").replaceAll(".*sig=", ""));
            assertThatThrownBy(() -> reader.createContainer("no-" + container.substring(8)))
                    .isInstanceOf(BlobException.class);
        }
    }

    @Test
    void foldersOfHierarchicalAccountsAreNotBlobsButAreDeleted() {
        write(store, path, "x");
        BlobServiceClient client = new BlobServiceClientBuilder()
                .connectionString(AzuriteServer.shared().connectionString())
                .buildClient();
        for (String folder : new String[] {"run-1", "run-1/deep"}) {
            write(store, BlobPath.of(container, folder), "");
            client.getBlobContainerClient(container).getBlobClient(folder).setMetadata(Map.of("hdi_isfolder", "true"));
        }

        assertThat(StoredBlobs.in(store, container)).containsExactly(path);
        store.deletePrefix(container, "run-1");

        assertThat(client.getBlobContainerClient(container).listBlobs()).isEmpty();
    }

    @Test
    void descriptionNamesTheAccountAndNoSecret() {
        assertThat(store.describe())
                .isEqualTo("Azure Blob Storage " + AzuriteServer.shared().endpoint() + " (account key)");
    }

    private BlobStore store(String connectionString, BlockPool pool) {
        return new AzureBlobStore(
                AzureAccount.of(new AzureStorage(connectionString, null, null, Duration.ofSeconds(60), false), CLOCK),
                pool,
                ownership);
    }

    private static BlockPool pool() {
        return BlockPool.forThisMachine();
    }

    /** A connection string whose signature grants these permissions on containers and blobs. */
    private static String sas(String permissions) {
        BlobServiceClient client = new BlobServiceClientBuilder()
                .connectionString(AzuriteServer.shared().connectionString())
                .buildClient();
        AccountSasSignatureValues values = new AccountSasSignatureValues(
                OffsetDateTime.now(CLOCK).plusHours(1),
                AccountSasPermission.parse(permissions),
                new AccountSasService().setBlobAccess(true),
                new AccountSasResourceType().setContainer(true).setObject(true));
        return "BlobEndpoint=" + AzuriteServer.shared().endpoint() + ";SharedAccessSignature="
                + client.generateAccountSas(values);
    }

    private HttpResponse<byte[]> get(URI url) throws Exception {
        return http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
