package dev.sluice.deid;

import dev.sluice.fhir.ResourceType;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Applies compiled rules to resources. Safe for use by any number of threads. */
public final class Deidentifier {
    private Deidentifier() {}

    /** @param today the day at which ages are counted, the same for all files of an export */
    public static Deidentifier of(RuleFile rules, DeidKeys keys, LocalDate today) {
        throw new UnsupportedOperationException(rules.text() + keys + today);
    }

    /** The de-identified form of a stored resource, without a newline. The argument is not changed. */
    public ByteBuffer apply(byte[] buffer, int offset, int length, RuleCounts counts) {
        throw new UnsupportedOperationException();
    }

    /** The id that a resource has in the output; null if the rules remove it. */
    public @Nullable String id(ResourceType type, String id) {
        throw new UnsupportedOperationException(type + id);
    }
}
