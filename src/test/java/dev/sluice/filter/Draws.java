package dev.sluice.filter;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Draws the data of one case of a property; the same seed draws the same data. */
public final class Draws {
    private final Random random;

    Draws(long seed) {
        this.random = new Random(seed);
    }

    /** Tries the property on other data each time, in each run. A case that fails tells the seed that repeats it. */
    public static void tries(int count, Consumer<Draws> property) {
        Random seeds = new Random();
        for (int i = 0; i < count; i++) {
            long seed = seeds.nextLong();
            assertThatCode(() -> property.accept(new Draws(seed)))
                    .as("the case of new Draws(%dL), try %d of %d", seed, i + 1, count)
                    .doesNotThrowAnyException();
        }
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Draws from one of the sources only. */
    @SafeVarargs
    final <T> T from(Supplier<? extends T>... sources) {
        return sources[random.nextInt(sources.length)].get();
    }

    <T> List<T> list(int least, int most, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int size = between(least, most); size > 0; size--) {
            list.add(element.get());
        }
        return list;
    }

    String text(int least, int most, String characters) {
        StringBuilder text = new StringBuilder();
        for (int size = between(least, most); size > 0; size--) {
            text.append(characters.charAt(random.nextInt(characters.length())));
        }
        return text.toString();
    }

    <T> List<T> shuffled(List<T> list) {
        List<T> shuffled = new ArrayList<>(list);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    /** A place in a list of this size. */
    public int index(int size) {
        return random.nextInt(size);
    }

    private int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }
}
