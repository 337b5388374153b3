package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeySpanTest {
    @Test
    void aSealedSpanIsDividedBetweenSegmentsIntoPartsOfSomeLines() {
        KeySpan span = sealed(3, 4, 5, 20, 1, 1);

        List<KeySpan> parts = span.parts(8);

        assertThat(parts).extracting(KeySpan::lines).containsExactly(7L, 5L, 20L, 2L);
        assertThat(parts).extracting(KeySpan::first).containsExactly(0L, 200L, 300L, 400L);
        assertThat(parts).extracting(KeySpan::last).containsExactly(199L, 299L, 399L, 599L);
        assertThat(parts).flatExtracting(KeySpan::segments).isEqualTo(span.segments());
        assertThat(span.parts(100)).containsExactly(span);
    }

    /** Adjacent segments with so many lines, each of a hundred keys. */
    private static KeySpan sealed(int... lines) {
        List<KeyRange> segments = IntStream.range(0, lines.length)
                .mapToObj(n -> new KeyRange(100L * n, 100L * n + 99, lines[n], 0, 0))
                .toList();
        return new KeySpan(0, 100L * lines.length - 1, segments);
    }
}
