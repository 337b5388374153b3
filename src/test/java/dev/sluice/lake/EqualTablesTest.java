package dev.sluice.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;

@IntegrationTest
class EqualTablesTest {
    @Test
    void equalRowsGiveEqualBytesInAnyProcess() throws Exception {
        byte[] here = sample();
        assertThat(sample()).isEqualTo(here);
        assertThat(new String(here, UTF_8)).contains("parquet-mr version");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(new String(other.getInputStream().readAllBytes(), UTF_8)).isEqualTo(DigestUtils.sha256Hex(here));
    }

    /** Prints the hash of the same table. Hash codes of objects differ between processes. */
    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] none) {
            System.out.print(DigestUtils.sha256Hex(sample()));
        }
    }

    private static byte[] sample() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TableWriter table = TableWriter.to(out, TableWriterTest.ALL)) {
            for (int i = 0; i < 1_000; i++) {
                TableWriterTest.full(table);
            }
            table.finish();
        }
        return out.toByteArray();
    }
}
