package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WeightedCacheTest {
    private final WeightedCache<String, String> cache = new WeightedCache<>(5, String::length);

    @Test
    void keepsWhatWasUsedLastAsLongAsItIsLightEnough() {
        cache.put("a", "11");
        cache.put("b", "22");
        cache.find("a");
        cache.put("c", "33");

        assertThat(cache.find("a")).isEqualTo("11");
        assertThat(cache.find("b")).isNull();
        assertThat(cache.find("c")).isEqualTo("33");
    }

    @Test
    void keepsTheNewestWhateverItWeighs() {
        cache.put("a", "1");
        cache.put("b", "1234567890");

        assertThat(cache.find("a")).isNull();
        assertThat(cache.find("b")).hasSize(10);
        cache.put("b", "1");
        cache.put("c", "1");
        assertThat(cache.find("b")).as("its weight was corrected").isEqualTo("1");
    }
}
