package dev.sluice.deid;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The test data of Microsoft's anonymizer. */
final class MicrosoftFiles {
    private MicrosoftFiles() {}

    /** @param name below the folder, such as {@code configurations/common-config.json} */
    static byte[] read(String name) {
        try (InputStream file = MicrosoftFiles.class.getResourceAsStream("/deidentification/microsoft/" + name)) {
            return Objects.requireNonNull(file, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
