package dev.sluice.blob;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Stages blocks in any order, each with its MD5 for the storage to check if that is asked for, and commits one list of
 * them. MD5 costs more than all else that is done to a block; TLS checks what is under way without it.
 *
 * <p>A block's id is its writer's mark and its number, so two writers of one blob, of which each takes the other one for
 * dead, never mix: the blob is all of the one or all of the other. A commit deletes what others have staged; a writer
 * that this happens to fails, and its work is done again. Azure has no call that deletes staged blocks; it deletes them
 * itself: at the next commit of the blob, with the container, or after a week. Until then nobody can see them.
 */
final class AzureSink implements BlockSink {
    private static final String NDJSON = "application/fhir+ndjson";
    private static final String GZIP = "application/gzip";
    private static final String JSON = "application/json";
    private static final String CSV = "text/csv;charset=utf-8";
    private static final String PARQUET = "application/vnd.apache.parquet";

    private final BlockBlobClient client;
    private final BlobHttpHeaders headers;
    private final String action;
    private final boolean md5;
    private final UUID mark = UUID.randomUUID();

    AzureSink(BlobPath path, BlockBlobClient client, BlobStore.Encoding encoding, boolean md5) {
        this.md5 = md5;
        this.client = client;
        this.headers = new BlobHttpHeaders().setContentType(contentType(path, encoding));
        if (encoding == BlobStore.Encoding.GZIP) {
            headers.setContentEncoding("gzip");
        }
        this.action = "Cannot write " + Quoted.of(path.toString()) + " to " + client.getAccountUrl();
    }

    private static String contentType(BlobPath path, BlobStore.Encoding encoding) {
        if (encoding == BlobStore.Encoding.GZIP_FILE) {
            return GZIP;
        }
        if (path.name().endsWith(".parquet")) {
            return PARQUET;
        }
        if (path.name().endsWith(".csv")) {
            return CSV;
        }
        return path.name().endsWith(".json") ? JSON : NDJSON;
    }

    /** A gzip file stays one, whatever is in it. */
    @Override
    public void contentType(String type) {
        if (!GZIP.equals(headers.getContentType())) {
            headers.setContentType(type);
        }
    }

    @Override
    public boolean inOrder() {
        return false;
    }

    @Override
    public void store(int number, ByteBuffer content) {
        BlockBlobStageBlockOptions block =
                new BlockBlobStageBlockOptions(id(number), BinaryData.fromByteBuffer(content.duplicate()));
        if (md5) {
            block.setContentMd5(md5(content.duplicate()));
        }
        AzureFaults.translate(action, () -> client.stageBlockWithResponse(block, null, Context.NONE));
    }

    @Override
    public void sync() {
        // what Azure has taken, it keeps
    }

    @Override
    public Runnable commit(int count) {
        List<String> ids = IntStream.range(0, count).mapToObj(this::id).toList();
        AzureFaults.translate(
                action,
                () -> client.commitBlockListWithResponse(
                        new BlockBlobCommitBlockListOptions(ids).setHeaders(headers), null, Context.NONE));
        return () -> {};
    }

    @Override
    public void abort() {
        // staged blocks fade by themselves
    }

    /** All ids of a blob must have one length. */
    private String id(int number) {
        byte[] id = String.format(Locale.ROOT, "%s-%08d", mark, number).getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder().encodeToString(id);
    }

    private static byte[] md5(ByteBuffer content) {
        return DigestUtils.updateDigest(DigestUtils.getMd5Digest(), content).digest();
    }
}
