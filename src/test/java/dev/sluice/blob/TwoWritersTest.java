package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlockListType;
import com.azure.storage.blob.models.ListBlobsOptions;
import dev.sluice.IntegrationTest;
import dev.sluice.SingleMember;
import dev.sluice.blob.BlobException.Reason;
import dev.sluice.blob.BlobStore.Encoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two writers of one blob in Azure, of which each takes the other one for dead; and what is left where nobody has committed.
 */
@IntegrationTest
class TwoWritersTest {
    private final String container = "two-" + UUID.randomUUID();
    private final BlobPath path = BlobPath.of(container, "run-1/Patient-1.ndjson");

    private BlobStore store;
    private BlobContainerClient client;

    @BeforeEach
    void createContainer() {
        String azurite = AzuriteServer.shared().connectionString();
        store = new AzureBlobStore(
                AzureAccount.of(
                        new AzureStorage(azurite, null, null, Duration.ofSeconds(60), false), Clock.systemUTC()),
                BlockPool.forThisMachine(),
                new StorageOwnership(false));
        client = new BlobServiceClientBuilder()
                .connectionString(azurite)
                .buildClient()
                .getBlobContainerClient(container);
        store.createContainer(container);
    }

    @AfterEach
    void deleteContainer() {
        store.deleteContainer(container);
        store.close();
    }

    /** The contents differ, as the same lines do that two versions of zlib have compressed. */
    @ParameterizedTest
    @CsvSource({"IDENTITY, true", "IDENTITY, false", "GZIP, true", "GZIP, false"})
    void blobIsAllOfTheOneOrAllOfTheOther(Encoding encoding, boolean inOrder) {
        byte[] ones = BlobContent.text(2 * Block.SIZE + 7, 1);
        byte[] twos = BlobContent.text(2 * Block.SIZE + 7, 2);
        try (BlobWriter one = store.create(path, encoding);
                BlobWriter two = store.create(path, encoding)) {
            one.write(ones, 0, 2 * Block.SIZE);
            two.write(twos, 0, twos.length);
            one.write(ones, 2 * Block.SIZE, 7);

            (inOrder ? one : two).commit();
            BlobException late = catchThrowableOfType(BlobException.class, (inOrder ? two : one)::commit);

            if (late != null) {
                assertThat(late.reason()).isEqualTo(Reason.TRANSIENT);
            }
            byte[] first = inOrder ? ones : twos;
            byte[] second = inOrder ? twos : ones;
            assertThat(Arrays.equals(content(encoding), late == null ? second : first))
                    .isTrue();
        }
        BlobContent.write(store, path, encoding, twos);
        assertThat(Arrays.equals(content(encoding), twos)).isTrue();
    }

    @Test
    void blocksOfTwoWritersHaveIdsOfTheirOwnAndOfOneLength() {
        for (int writer = 0; writer < 2; writer++) {
            AzureSink sink = new AzureSink(
                    path, client.getBlobClient(path.key()).getBlockBlobClient(), Encoding.IDENTITY, false);
            sink.store(0, ByteBuffer.wrap(new byte[1]));
            sink.store(12_345, ByteBuffer.wrap(new byte[1]));
        }

        List<com.azure.storage.blob.models.Block> staged = client.getBlobClient(path.key())
                .getBlockBlobClient()
                .listBlocks(BlockListType.UNCOMMITTED)
                .getUncommittedBlocks();
        assertThat(staged)
                .extracting(block -> block.getName())
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(2);
        assertThat(staged)
                .extracting(block -> block.getName().length())
                .containsOnly(staged.get(0).getName().length());
    }

    @ParameterizedTest
    @CsvSource({"run-1", "''"})
    void whatWasStagedIsDeletedWithItsFolder(String folder) {
        BlobPath both = BlobPath.of(container, "run-1/both");
        BlobContent.write(store, both, "committed");
        BlobContent.write(store, BlobPath.of(container, "run-1/deep/committed"), "x");
        stage("run-1/both");
        stage("run-1/Patient-1.ndjson");
        stage("run-1/deep/Patient-2.ndjson");
        stage("run-10/of-another");
        assertThat(everything()).hasSize(5);

        store.deletePrefix(container, folder);

        assertThat(everything()).isEqualTo(folder.isEmpty() ? List.of() : List.of("run-10/of-another"));
        client.getBlobClient("run-1/both").getBlockBlobClient().commitBlockList(List.of());
        assertThat(client.getBlobClient("run-1/both")
                        .getBlockBlobClient()
                        .listBlocks(BlockListType.ALL)
                        .getUncommittedBlocks())
                .isEmpty();
    }

    /** Another process has taken the folder over after the last check, and writes there. */
    @Test
    void whatIsWrittenAfterTheLastCheckStays() {
        BlobPath staged = BlobPath.of(container, "run-1/Patient-2.ndjson");
        BlobContent.write(store, path, "old");
        BlobContent.write(store, BlobPath.of(container, "run-1/Patient-3.ndjson"), "old");
        stage("run-1/Patient-2.ndjson");
        AtomicInteger checks = new AtomicInteger();

        assertThatThrownBy(() -> store.deletePrefix(container, "run-1", () -> {
                    if (checks.incrementAndGet() > 1) {
                        throw new CancellationException("lost");
                    }
                    BlobContent.write(store, path, "new");
                    client.getBlobClient(staged.key()).getBlockBlobClient().commitBlockList(List.of("AAAA"));
                }))
                .hasMessage("lost");

        assertThat(everything()).containsExactly("run-1/Patient-1.ndjson", "run-1/Patient-2.ndjson");
        assertThat(new String(BlobContent.read(store, path), StandardCharsets.US_ASCII))
                .isEqualTo("new");
    }

    private void stage(String key) {
        client.getBlobClient(key)
                .getBlockBlobClient()
                .stageBlock("AAAA", BinaryData.fromString("a block that nobody commits"));
    }

    /** The names of all blobs, also of those that were staged only. */
    private List<String> everything() {
        ListBlobsOptions all =
                new ListBlobsOptions().setDetails(new BlobListDetails().setRetrieveUncommittedBlobs(true));
        return client.listBlobs(all, null).stream().map(item -> item.getName()).toList();
    }

    private byte[] content(Encoding encoding) {
        byte[] stored = BlobContent.read(store, path);
        return encoding != Encoding.IDENTITY ? SingleMember.unpack(stored) : stored;
    }
}
