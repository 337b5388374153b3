package dev.sluice.blob;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Stages blocks in any order, each with its MD5 for the storage to check, and commits one list of them.
 *
 * <p>A block's id is its number, so a writer that repeats the work of a killed one replaces what that one staged. Azure
 * has no call that drops staged blocks and discards them itself: at the next commit of the blob, with the container, or
 * after a week. Until then nobody can see them.
 */
final class AzureSink implements BlockSink {
    private static final String NDJSON = "application/fhir+ndjson";

    private final BlockBlobClient client;
    private final BlobHttpHeaders headers;
    private final String action;

    AzureSink(BlobPath path, BlockBlobClient client, BlobStore.Encoding encoding) {
        this.client = client;
        this.headers = new BlobHttpHeaders().setContentType(NDJSON);
        if (encoding == BlobStore.Encoding.GZIP) {
            headers.setContentEncoding("gzip");
        }
        this.action = "Cannot write " + Quoted.of(path.toString()) + " to " + client.getAccountUrl();
    }

    @Override
    public boolean inOrder() {
        return false;
    }

    @Override
    public void store(int number, ByteBuffer content) {
        BlockBlobStageBlockOptions block = new BlockBlobStageBlockOptions(
                        id(number), BinaryData.fromByteBuffer(content.duplicate()))
                .setContentMd5(md5(content.duplicate()));
        try {
            client.stageBlockWithResponse(block, null, Context.NONE);
        } catch (RuntimeException fault) {
            throw AzureFaults.of(action, fault);
        }
    }

    @Override
    public void commit(int count) {
        List<String> ids = IntStream.range(0, count).mapToObj(AzureSink::id).toList();
        try {
            client.commitBlockListWithResponse(
                    new BlockBlobCommitBlockListOptions(ids).setHeaders(headers), null, Context.NONE);
        } catch (RuntimeException fault) {
            throw AzureFaults.of(action, fault);
        }
    }

    @Override
    public void abort() {
        // staged blocks fade by themselves
    }

    /** All ids of a blob must have one length. */
    private static String id(int number) {
        byte[] digits = "%08d".formatted(number).getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder().encodeToString(digits);
    }

    private static byte[] md5(ByteBuffer content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(content);
            return digest.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java platform has MD5.", missing);
        }
    }
}
