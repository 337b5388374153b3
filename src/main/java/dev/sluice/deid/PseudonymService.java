package dev.sluice.deid;

import org.jspecify.annotations.Nullable;

/** The method {@code pseudonymize}: keeps which pseudonym stands for which value. Safe for use by any number of threads. */
@FunctionalInterface
public interface PseudonymService {
    /**
     * The pseudonym of a value, a new one if it has none.
     *
     * @param domain in which a value has one pseudonym
     * @return null if this value cannot have one
     * @throws java.io.UncheckedIOException if no pseudonym can be had now; the message has nothing of this value
     */
    @Nullable
    String pseudonym(String domain, String value);
}
