package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.identity.CredentialUnavailableException;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobServiceClient;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.blob.BlobException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that answers whatever the test wants: what real Azure says and Azurite cannot. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AzureFaultsTest {
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private BlobStore store;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        store = storeWith(false);
    }

    private BlobStore storeWith(boolean md5) {
        return new AzureBlobStore(
                AzureAccount.of(settings(md5), Clock.systemUTC()).forImpatientCallers(),
                BlockPool.forThisMachine(),
                new StorageOwnership(false));
    }

    private BlobServiceClient account() {
        return AzureAccount.of(settings(false), Clock.systemUTC()).shortTimeout();
    }

    private AzureStorage settings(boolean md5) {
        String endpoint = "http://127.0.0.1:" + server.getAddress().getPort() + "/account";
        return new AzureStorage(
                "DefaultEndpointsProtocol=http;AccountName=account;AccountKey=a2V5;BlobEndpoint=" + endpoint,
                null,
                null,
                Duration.ofSeconds(60),
                md5);
    }

    @AfterEach
    void stopServer() {
        store.close();
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({
        "403, AuthorizationPermissionMismatch, PERMANENT, Storage Blob Data Contributor",
        "403, AuthenticationFailed, PERMANENT, SAS is wrong or has expired",
        "403, AuthorizationFailure, PERMANENT, network rules",
        "403, SomethingNew, PERMANENT, Storage Blob Data Contributor",
        "403, KeyBasedAuthenticationNotPermitted, PERMANENT, managed identity",
        "404, ContainerNotFound, PERMANENT, container does not exist",
        "409, ContainerBeingDeleted, PERMANENT, start again",
        "409, BlobImmutableDueToPolicy, PERMANENT, immutability",
        "412, LeaseIdMissing, PERMANENT, lease",
        "400, Md5Mismatch, TRANSIENT, Cannot write",
        "400, InvalidBlockList, TRANSIENT, Cannot write",
        "400, InvalidHeaderValue, PERMANENT, Cannot write",
        "408, RequestTimeout, TRANSIENT, Cannot write",
        "429, TooManyRequests, TRANSIENT, Cannot write",
        "500, InternalError, TRANSIENT, Cannot write",
        "503, ServerBusy, TRANSIENT, Cannot write"
    })
    void answersAreClassified(int status, String code, Reason reason, String advice) {
        answer(status, code, "");

        BlobException problem = writeFails();

        assertThat(problem.reason()).isEqualTo(reason);
        assertThat(problem)
                .hasMessageContaining(advice)
                .hasMessageContaining("container-1/x")
                .hasMessageContaining(Integer.toString(status))
                .hasMessageContaining(code);
    }

    /** A role on the container suffices for all else. */
    @Test
    void keyToSignNeedsARoleOfItsOwn() {
        answer(403, "AuthorizationPermissionMismatch", "");
        AzureSigner signer = AzureSigner.byDelegation(account()::getUserDelegationKey, Clock.systemUTC());
        BlobClient blob = account().getBlobContainerClient("container-1").getBlobClient("x");

        BlobException problem =
                catchThrowableOfType(BlobException.class, () -> signer.sign(blob, Duration.ofMinutes(5)));

        assertThat(problem.reason()).isEqualTo(Reason.PERMANENT);
        assertThat(problem).hasMessageContaining("'Storage Blob Delegator' on the storage account");
    }

    @Test
    void containerBeingDeletedIsPassingForItsCreatorToo() {
        answer(409, "ContainerBeingDeleted", "");

        BlobException problem = catchThrowableOfType(BlobException.class, () -> store.createContainer("container-1"));

        assertThat(problem.reason()).isEqualTo(Reason.TRANSIENT);
        assertThat(problem).hasMessageContaining("half a minute");
    }

    @Test
    void containerBeingDeletedIsAsGoodAsGoneForItsDeleter() {
        answer(409, "ContainerBeingDeleted", "");

        store.deleteContainer("container-1");
        store.deletePrefix("container-1", "run-1");
    }

    @Test
    void busyStorageIsAskedAgainAfterTheTimeItNames() {
        answer(503, "ServerBusy", "1");
        long start = System.nanoTime();

        writeFails();

        assertThat(requests).hasValue(2);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
    }

    @Test
    void waitHasABound() {
        answer(503, "ServerBusy", "3600");
        long start = System.nanoTime();

        writeFails();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void lostConnectionIsPassing() {
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.close();
        });

        assertThat(writeFails().reason()).isEqualTo(Reason.TRANSIENT);
        assertThat(requests).hasValue(2);
    }

    /** As a pod gets it whose network is not ready yet: other processes do have tokens, so the export must go on. */
    @Test
    void missingTokenMayComeLater() {
        BlobException problem = AzureFaults.of(
                "Cannot write 'x'",
                new CredentialUnavailableException("no token", new UnknownHostException("login.example.com")));

        assertThat(problem.reason()).isEqualTo(Reason.TRANSIENT);
        assertThat(problem).hasMessageContaining("give this machine a managed or workload identity");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void blocksCarryTheirMd5IfThatIsAskedFor(boolean md5) throws Exception {
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        server.createContext("/", exchange -> {
            boolean block = exchange.getRequestURI().getQuery().contains("comp=block&");
            byte[] body = exchange.getRequestBody().readAllBytes();
            sent.add((block ? "block " : "list ")
                    + exchange.getRequestHeaders().getFirst("Content-MD5")
                    + (block ? " " + md5(body) : ""));
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        });

        try (BlobStore asked = storeWith(md5)) {
            BlobContent.write(asked, BlobPath.of("container-1", "x"), "content");
        }

        String right = md5("content".getBytes(StandardCharsets.US_ASCII));
        assertThat(sent).containsExactly("block " + (md5 ? right : "null") + " " + right, "list null");
    }

    /** As accounts with hierarchical names demand; Azurite has none. */
    @Test
    void folderIsDeletedAfterWhatIsInIt() {
        List<String> deleted = Collections.synchronizedList(new ArrayList<>());
        byte[] list = ("<?xml version=\"1.0\"?><EnumerationResults><Blobs>"
                        + "<Blob><Name>run-1/deep</Name><Properties><Etag>\"1\"</Etag></Properties><Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>"
                        + "<Blob><Name>run-1/deep/x</Name><Properties><Etag>\"2\"</Etag></Properties></Blob></Blobs><NextMarker/></EnumerationResults>")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] empty = new String(list, StandardCharsets.US_ASCII)
                .replaceAll("<Blobs>.*</Blobs>", "<Blobs/>")
                .getBytes(StandardCharsets.US_ASCII);
        server.createContext("/", exchange -> {
            boolean delete = exchange.getRequestMethod().equals("DELETE");
            String path = exchange.getRequestURI().getPath();
            if (delete && path.endsWith("/deep") && !deleted.contains(path + "/x")) {
                exchange.getResponseHeaders().add("x-ms-error-code", "DirectoryIsNotEmpty");
                exchange.sendResponseHeaders(409, -1);
                exchange.close();
                return;
            }
            if (delete) {
                deleted.add(path);
            }
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.getResponseHeaders().add("x-ms-meta-hdi_isfolder", "true");
            boolean listing = exchange.getRequestMethod().equals("GET");
            byte[] now = deleted.isEmpty() ? list : empty;
            exchange.sendResponseHeaders(delete ? 202 : 200, listing ? now.length : -1);
            if (listing) {
                exchange.getResponseBody().write(now);
            }
            exchange.close();
        });

        store.deletePrefix("container-1", "run-1");

        assertThat(deleted)
                .containsExactly(
                        "/account/container-1/run-1/deep/x",
                        "/account/container-1/run-1/deep",
                        "/account/container-1/run-1");
    }

    private static String md5(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private BlobException writeFails() {
        BlobPath path = BlobPath.of("container-1", "x");
        return catchThrowableOfType(BlobException.class, () -> BlobContent.write(store, path, "content"));
    }

    private void answer(int status, String code, String retryAfter) {
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("x-ms-error-code", code);
            if (!retryAfter.isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", retryAfter);
            }
            byte[] body = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>")
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
