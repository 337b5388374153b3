package dev.sluice.lake;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses the pages of one file with zstd, through buffers outside of the heap: while native code reads an array,
 * JVMs before version 22 do not collect garbage. Parquet's own codec goes through streams of Hadoop. For use by one
 * thread.
 */
final class ZstdCodec implements CompressionCodecFactory {
    /** Higher levels make JSON little smaller, and take much longer. */
    private static final int LEVEL = 1;

    private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(LEVEL);

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        if (name != CompressionCodecName.ZSTD) {
            throw new IllegalArgumentException("Tables are compressed with ZSTD, not with " + name + ".");
        }
        return new Compressor();
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        throw new UnsupportedOperationException("This codec only compresses.");
    }

    @Override
    public void release() {
        zstd.close();
    }

    /** Each thread has its own; they are not collected with the file. */
    static final class Buffers {
        private static final int SIZE = 1 << 17;

        final ByteBuffer in = ByteBuffer.allocateDirect(SIZE);
        final ByteBuffer out = ByteBuffer.allocateDirect(SIZE);
        final byte[] copy = new byte[SIZE];
    }

    private final class Compressor implements BytesInputCompressor {
        private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();

        /** The result is valid until the next call; Parquet copies it before. */
        @Override
        public BytesInput compress(BytesInput page) throws IOException {
            compressed.reset();
            zstd.reset();
            zstd.setLevel(LEVEL);
            zstd.setPledgedSrcSize(page.size());
            PageInput input = new PageInput(compressed);
            page.writeAllTo(input);
            input.pass(EndDirective.END);
            return BytesInput.from(compressed);
        }

        @Override
        public CompressionCodecName getCodecName() {
            return CompressionCodecName.ZSTD;
        }

        @Override
        public void release() {
            // the factory owns what is to be released
        }
    }

    private final class PageInput extends OutputStream {
        private final Buffers buffers = BUFFERS.get();
        private final OutputStream target;

        PageInput(OutputStream target) {
            this.target = target;
            buffers.in.clear();
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                if (!buffers.in.hasRemaining()) {
                    pass(EndDirective.CONTINUE);
                }
                int part = Math.min(buffers.in.remaining(), length - done);
                buffers.in.put(bytes, offset + done, part);
                done += part;
            }
        }

        void pass(EndDirective mode) throws IOException {
            buffers.in.flip();
            boolean passed;
            do {
                buffers.out.clear();
                boolean flushed = zstd.compressDirectByteBufferStream(buffers.out, buffers.in, mode);
                passed = mode == EndDirective.END ? flushed : !buffers.in.hasRemaining();
                int size = buffers.out.flip().remaining();
                buffers.out.get(buffers.copy, 0, size);
                target.write(buffers.copy, 0, size);
            } while (!passed);
            buffers.in.clear();
        }
    }
}
