package dev.sluice.deid;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The method {@code perturb}: adds noise to numbers.
 *
 * @param span the width of the noise, half of it to each side; not negative
 * @param proportional whether the width is the span times the number
 * @param roundTo digits that remain behind the decimal point; integers have none
 */
record Perturbation(BigDecimal span, boolean proportional, int roundTo) {
    /** Larger and smaller numbers would take much memory. A FHIR decimal should have at most 18 digits. */
    private static final int MAX_DIGITS = 100;

    /** The FHIR type of a number, with the smallest value that it allows. */
    enum Type {
        DECIMAL(null),
        INTEGER(BigDecimal.valueOf(Integer.MIN_VALUE)),
        UNSIGNED_INT(BigDecimal.ZERO),
        POSITIVE_INT(BigDecimal.ONE);

        private final @Nullable BigDecimal smallest;

        Type(@Nullable BigDecimal smallest) {
            this.smallest = smallest;
        }

        private BigDecimal limit(BigDecimal number) {
            return smallest == null ? number : number.max(smallest).min(BigDecimal.valueOf(Integer.MAX_VALUE));
        }
    }

    /**
     * The number with noise, as JSON; null if it is no number of a usual size, and must be removed.
     *
     * @param noise at least 0 and less than 1, each as probable as any other; see {@link Noise}
     */
    @Nullable
    String apply(String number, Type type, double noise) {
        if (number.length() > MAX_DIGITS) {
            return null;
        }
        BigDecimal before;
        try {
            before = new BigDecimal(number);
        } catch (NumberFormatException e) {
            return null;
        }
        if (Math.abs((long) before.scale()) > MAX_DIGITS) {
            return null;
        }
        BigDecimal width = proportional ? span.multiply(before.abs()) : span;
        BigDecimal added = width.multiply(BigDecimal.valueOf(noise - 0.5));
        BigDecimal sum = added.signum() == 0 ? before : before.add(added);
        int digits = type == Type.DECIMAL ? roundTo : 0;
        BigDecimal rounded = sum.scale() > digits ? sum.setScale(digits, RoundingMode.HALF_EVEN) : sum;
        return type.limit(rounded).toPlainString();
    }
}
