package dev.sluice.deid;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A rule file that comes with Sluice. A request names it as {@code preset:safe-harbor}. */
public enum Preset {
    /** What the Safe Harbor method of HIPAA leaves. */
    SAFE_HARBOR("safe-harbor"),
    /** What a limited data set in the sense of HIPAA may hold. */
    LIMITED_DATA_SET("limited-data-set"),
    /** Resources with the elements that they had, but other texts and dates. */
    KEEP_STRUCTURE("keep-structure");

    /** What the name of a rule file begins with if it means one of these. */
    public static final String PREFIX = "preset:";

    /** Their names in a request, for an error. */
    public static final String ALL =
            Arrays.stream(values()).map(preset -> PREFIX + preset.text).collect(Collectors.joining(", "));

    private final String text;

    Preset(String text) {
        this.text = text;
    }

    /** The name without its prefix. */
    public String text() {
        return text;
    }

    /** The preset that a request means, such as {@code preset:safe-harbor}. */
    public static Optional<Preset> find(String name) {
        return Arrays.stream(values())
                .filter(preset -> name.equals(PREFIX + preset.text))
                .findFirst();
    }

    /** The rule file, in YAML. */
    public byte[] file() {
        String path = "/deidentification/" + text + ".yaml";
        try (InputStream file = Preset.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException("The file " + path + " is missing in this build.");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
