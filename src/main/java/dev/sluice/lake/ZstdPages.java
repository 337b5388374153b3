package dev.sluice.lake;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Decompresses the pages of one file that {@link ZstdCodec} has compressed, through buffers outside of the heap as it
 * does. For use by one thread.
 */
final class ZstdPages implements CompressionCodecFactory {
    /** Others than those of the codec, so that one thread can read a table and write another one. */
    private static final ThreadLocal<ZstdCodec.Buffers> BUFFERS = ThreadLocal.withInitial(ZstdCodec.Buffers::new);

    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        throw new UnsupportedOperationException("This codec only decompresses.");
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        if (name != CompressionCodecName.ZSTD) {
            throw new IllegalArgumentException("Tables of Sluice are compressed with ZSTD, not with " + name + ".");
        }
        return new Decompressor();
    }

    @Override
    public void release() {
        zstd.close();
    }

    private byte[] decompress(InputStream compressed, int size) throws IOException {
        byte[] page = new byte[size];
        int done = 0;
        ZstdCodec.Buffers buffers = BUFFERS.get();
        zstd.reset();
        buffers.in.clear().limit(0);
        boolean ended = false;
        while (!ended) {
            if (!buffers.in.hasRemaining()) {
                int some = compressed.read(buffers.copy);
                if (some <= 0) {
                    throw new EOFException("A page of a table ends in the middle.");
                }
                buffers.in.clear().put(buffers.copy, 0, some).flip();
            }
            buffers.out.clear();
            ended = zstd.decompressDirectByteBufferStream(buffers.out, buffers.in);
            int some = buffers.out.flip().remaining();
            if (some > size - done) {
                throw new IOException("A page of a table is larger than its header says.");
            }
            buffers.out.get(page, done, some);
            done += some;
        }
        return page;
    }

    private final class Decompressor implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput page, int size) throws IOException {
            return BytesInput.from(ZstdPages.this.decompress(page.toInputStream(), size));
        }

        @Override
        public void decompress(ByteBuffer page, int pageSize, ByteBuffer target, int size) {
            throw new UnsupportedOperationException("Parquet decompresses into the heap.");
        }

        @Override
        public void release() {
            // the factory owns what is to be released
        }
    }
}
