package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The test data of Microsoft's anonymizer. */
final class MicrosoftFiles {
    private MicrosoftFiles() {}

    /** A resource, without the mark with which some of the files begin. */
    static byte[] resource(String name) {
        String text = new String(read("resources/" + name + ".json"), UTF_8);
        return (text.startsWith("\uFEFF") ? text.substring(1) : text).strip().getBytes(UTF_8);
    }

    /** @param name below the folder, such as {@code configurations/common-config.json} */
    static byte[] read(String name) {
        try (InputStream file = MicrosoftFiles.class.getResourceAsStream("/deidentification/microsoft/" + name)) {
            return Objects.requireNonNull(file, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
