package dev.sluice.blob;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The rules for the name of a container; a folder obeys those of Azure too, so that a set-up can move there.
 *
 * @see <a
 *     href="https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata">naming
 *     containers</a>
 */
public final class ContainerName {
    private static final Pattern VALID = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");

    private ContainerName() {}

    /** Says what is wrong with a name in a sentence for the person who chose it, or empty if it is valid. */
    public static Optional<String> fault(String name) {
        if (leavesTheStore(name)) {
            return Optional.of("The container " + Quoted.of(name)
                    + " would lead out of the storage: give a plain name without '/', '\\' and '..'.");
        }
        if (name.length() < 3 || name.length() > 63 || !VALID.matcher(name).matches()) {
            return Optional.of("The container name " + Quoted.of(name)
                    + " is not valid: use 3 to 63 lower-case letters, digits and single hyphens,"
                    + " with a letter or digit at both ends.");
        }
        return Optional.empty();
    }

    /** The name itself if it is valid; for callers that have checked it before. */
    static String require(String name) {
        fault(name).ifPresent(fault -> {
            throw new IllegalArgumentException(fault);
        });
        return name;
    }

    private static boolean leavesTheStore(String name) {
        return Arrays.asList(decoded(name).split("[/\\\\]", -1)).contains("..");
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformedEscape) {
            return name;
        }
    }
}
