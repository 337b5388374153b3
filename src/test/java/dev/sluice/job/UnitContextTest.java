package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitContextTest {
    /** As after a replica has failed: what is read from the primary is throttled from its first byte on. */
    @Test
    void aUnitThatBeginsAgainIsToldOfFromItsBeginning() {
        UnitContext context = new UnitContext();
        List<Long> told = new ArrayList<>();
        context.onProgress(10, told::add);
        context.progress(100);

        context.progress(0);
        context.onProgress(10, told::add);
        context.progress(9);
        context.progress(10);

        assertThat(told).containsExactly(100L, 10L);
    }
}
