package dev.sluice.blob;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules for the name of a container; a folder obeys those of Azure too, so that a set-up can move there.
 *
 * @see <a
 *     href="https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata">naming
 *     containers</a>
 */
public final class ContainerName {
    /** The container of the marks, one of each store that keeps files in this storage. */
    public static final String STORE_MARKS = "sluice-stores";

    /** The container of the errors of imports. */
    public static final String IMPORT_ERRORS = "import-errors";

    /** The container of the rule files of de-identified exports. Sluice only reads it. */
    public static final String ANONYMIZATION = "anonymization";

    private static final Pattern VALID = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");

    /** What both layouts name the container that is created for one export, and deleted with it. */
    private static final Pattern OF_ONE_EXPORT =
            Pattern.compile("(?:[0-9]{8}t[0-9]{6}|export)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

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

    /**
     * Whether Sluice gives this name to containers that it creates. It deletes their files with the export or import that
     * they are for, whoever else has written there.
     */
    public static boolean isOwn(String name) {
        return name.equals(STORE_MARKS)
                || name.equals(IMPORT_ERRORS)
                || export(name).isPresent();
    }

    /** The id of the export for which Sluice creates a container of this name; empty for any other name. */
    public static Optional<UUID> export(String name) {
        Matcher matcher = OF_ONE_EXPORT.matcher(name);
        return matcher.matches() ? Optional.of(UUID.fromString(matcher.group(1))) : Optional.empty();
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
