package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the command {@code export} shows while it runs. */
class ExportProgressTest {
    private static final int MB = 1_000_000;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private long now;

    private final ExportProgress progress = progress(true);

    @Test
    void remainingTimeFollowsFromTheBytesOfThisRun() {
        for (int file = 0; file < 40; file++) {
            progress.found(10 * MB);
        }
        for (int file = 0; file < 10; file++) {
            progress.present(10 * MB);
            progress.completed();
        }
        for (int second = 0; second <= 30; second++) {
            progress.received(second == 0 ? 0 : 5 * MB);
            pass(1);
        }
        progress.completed();

        assertThat(last()).isEqualTo("Downloading: 11 of 40 files, 62 %, 250 MB of 400 MB, 4.8 MB/s, 31 s left");
    }

    @Test
    void withoutSizesTheFilesCount() {
        for (int file = 0; file < 40; file++) {
            progress.found(-1);
        }
        progress.received(1);
        for (int file = 0; file < 10; file++) {
            pass(1);
            progress.received(MB);
            pass(1);
            progress.completed();
        }

        assertThat(last())
                .startsWith("Downloading: 10 of 40 files, 25 %, 10.0 MB,")
                .endsWith("1 min 0 s left");
    }

    @Test
    void paceOfTheServerGivesTheTimeThatItNeeds() {
        pass(1);
        progress.waiting("10% (10 of 100 MB)");
        pass(30);
        progress.waiting("40% (40 of 100 MB)");

        assertThat(last()).isEqualTo("The server exports: 40% (40 of 100 MB), 1 min 0 s left");
    }

    @Test
    void logHasALineNowAndThen() {
        ExportProgress log = progress(false);
        for (int second = 0; second < 70; second++) {
            pass(1);
            log.waiting("");
        }
        log.note("A fault.");

        assertThat(shown.toString(UTF_8).lines())
                .containsExactly("The server exports.", "The server exports.", "A fault.");
    }

    private ExportProgress progress(boolean terminal) {
        return new ExportProgress(new TerminalOutput(new PrintWriter(shown, true, UTF_8), terminal, false), () -> now);
    }

    private void pass(int seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private String last() {
        String text = shown.toString(UTF_8);
        return text.substring(text.lastIndexOf("\u001b[K") + 3);
    }
}
