package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static final long SECOND = 1_000_000_000;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final AtomicLong now = new AtomicLong();

    @Test
    void saysHowFarHowFastAndHowLongStill() {
        ProgressLine progress = progress(true, 3_000_000_000L);

        progress.add(750_000_000);

        assertThat(progress.text(5 * SECOND)).isEqualTo("Reading: 25 %, 750 MB of 3.0 GB, 150 MB/s, 15 s left");
        assertThat(progress.text(4000 * SECOND)).endsWith("188 kB/s, 3 h 20 min left");
    }

    /** At a rate that varies by a third, from the first quarter on. */
    @Test
    void remainingTimeIsWithinAFifthFromTheFirstQuarterOn() {
        long total = 4_000_000;
        long seconds = 0;
        ProgressLine progress = progress(true, total);
        for (long done = 0; done < total; seconds++) {
            long step = seconds % 2 == 0 ? 12_000 : 8_000;
            progress.add(step);
            done += step;
            if (done >= total / 4 && done < total) {
                long left = (total - done) / 10_000;
                String text = progress.text((seconds + 1) * SECOND);
                long said = seconds(text.replaceAll(".*/s, (.*) left", "$1"));
                assertThat(said).as(text).isBetween((long) (left * 0.8) - 1, (long) (left * 1.2) + 1);
            }
        }
    }

    @Test
    void withoutATotalItSaysWhatIsDone() {
        ProgressLine progress = progress(true, -1);

        progress.add(999);

        assertThat(progress.text(SECOND / 2)).isEqualTo("Reading: 999 bytes");
        assertThat(progress.text(3 * SECOND)).isEqualTo("Reading: 999 bytes, 333 bytes/s");
    }

    @Test
    void lineIsReplacedOnATerminalFiveTimesASecondAndRemovedAtTheEnd() {
        try (ProgressLine progress = progress(true, 100)) {
            progress.add(1);
            now.set(SECOND / 4);
            progress.add(1);
            progress.add(1);
        }

        assertThat(shown.toString(UTF_8)).isEqualTo("\r\u001b[KReading: 2 %, 2 bytes of 100 bytes\r\u001b[K");
    }

    @Test
    void nothingIsShownWhereNoTerminalIs() {
        try (ProgressLine progress = progress(false, 100)) {
            now.set(SECOND);
            progress.add(1);
        }

        assertThat(shown.size()).isZero();
    }

    @Test
    void closedFileIsDoneWhateverWasReadOfIt() throws IOException {
        ProgressLine progress = progress(true, 300);
        try (InputStream half = progress.counting(new ByteArrayInputStream(new byte[200]), 100)) {
            half.readNBytes(50);
            assertThat(progress.text(0)).startsWith("Reading: 16 %");
        }
        assertThat(progress.text(0)).startsWith("Reading: 33 %");

        try (InputStream larger = progress.counting(new ByteArrayInputStream(new byte[200]), 100)) {
            larger.readAllBytes();
        }
        assertThat(progress.text(0)).startsWith("Reading: 66 %");
    }

    private ProgressLine progress(boolean terminal, long total) {
        TerminalOutput output = new TerminalOutput(new PrintWriter(shown, true, UTF_8), terminal, false);
        return new ProgressLine(output, "Reading", total, now::get);
    }

    private static long seconds(String text) {
        long seconds = 0;
        String[] parts = text.split(" ", -1);
        for (int i = 0; i < parts.length; i += 2) {
            seconds += Long.parseLong(parts[i]) * (parts[i + 1].equals("min") ? 60 : 1);
        }
        return seconds;
    }
}
