package dev.sluice.r4;

import dev.sluice.fhir.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The base URLs that mean this server in absolute references: its own, and those of servers whose data it has taken
 * over.
 *
 * <p>All code that resolves references uses this class, so that an absolute reference means the same everywhere.
 * Immutable.
 *
 * @param bases each without a slash at its end; compared character by character, as FHIR compares URLs
 * @see <a href="https://hl7.org/fhir/R4/references.html#literal">literal references</a>
 */
public record OwnBases(List<String> bases) implements Predicate<String> {
    /** Finds the bases for a job, which runs without the request that started it. */
    public interface Source {
        /**
         * The bases that mean this server.
         *
         * @param requested the base of the request; empty if there was none
         */
        OwnBases own(String requested);
    }

    /** Only relative references are to this server. */
    public static final OwnBases NONE = new OwnBases(List.of());

    public OwnBases {
        bases = bases.stream().map(OwnBases::withoutSlash).distinct().toList();
    }

    /** These bases, which may have a slash at their end. */
    public static OwnBases of(Collection<String> bases) {
        return new OwnBases(new ArrayList<>(bases));
    }

    /** These bases and one more. */
    public OwnBases and(String base) {
        return new OwnBases(Stream.concat(bases.stream(), Stream.of(base)).toList());
    }

    /** Whether a base URL, without a slash at its end, means this server. */
    @Override
    public boolean test(String base) {
        return bases.contains(base);
    }

    /** The resource of this server that a reference names, in whatever version; null if it names none. */
    public @Nullable ResourceKey resource(String reference) {
        LiteralReference literal = LiteralReference.parse(reference);
        return literal != null && literal.isLocal(this) ? literal.key() : null;
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
