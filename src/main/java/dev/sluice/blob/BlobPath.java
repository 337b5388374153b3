package dev.sluice.blob;

import java.util.Arrays;
import java.util.Optional;

/**
 * Names one blob: its container, the folder in it, and its name. Safe by construction: it cannot lead out of its
 * container, whatever the storage makes of it.
 *
 * @param container a valid container name
 * @param folder folders parted by {@code /}, or empty for the root of the container
 * @param name the last part, without {@code /}
 */
public record BlobPath(String container, String folder, String name) {
    private static final int LONGEST = 1024;

    public BlobPath {
        ContainerName.require(container);
        require(folder.isEmpty() ? name : folder + "/" + name);
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("The blob name " + Quoted.of(name) + " must not hold a '/'.");
        }
    }

    /** A blob by all of its path inside the container, such as {@code daily/run-1/Patient-1.ndjson}. */
    public static BlobPath of(String container, String key) {
        require(key);
        int slash = key.lastIndexOf('/');
        return new BlobPath(container, key.substring(0, Math.max(slash, 0)), key.substring(slash + 1));
    }

    /** Says what is wrong with a path inside a container in a sentence for a person, or empty if it is valid. */
    public static Optional<String> fault(String key) {
        if (key.length() > LONGEST) {
            return Optional.of("The path " + Quoted.of(key) + " is longer than " + LONGEST + " characters.");
        }
        if (key.indexOf('\\') >= 0 || key.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("The path " + Quoted.of(key) + " holds a backslash or a control character.");
        }
        if (Arrays.stream(key.split("/", -1)).anyMatch(BlobPath::isUnsafe)) {
            return Optional.of("The path " + Quoted.of(key) + " has a part that is empty, '.' or '..'.");
        }
        return Optional.empty();
    }

    private static void require(String key) {
        fault(key).ifPresent(fault -> {
            throw new IllegalArgumentException(fault);
        });
    }

    /** Throws if a path is neither empty nor that of a folder. */
    static void requireFolder(String folder) {
        if (!folder.isEmpty()) {
            require(folder);
        }
    }

    private static boolean isUnsafe(String part) {
        return part.isEmpty() || part.equals(".") || part.equals("..");
    }

    /** The path inside the container. */
    public String key() {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    @Override
    public String toString() {
        return container + "/" + key();
    }
}
