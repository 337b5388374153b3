package dev.sluice.web;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where requests keep temporary files.
 *
 * @param home the home folder of this process
 */
@ConfigurationProperties("sluice")
record TemporaryFileSettings(String home) {
    /** The folder; created when it is needed. */
    Path folder() {
        return Path.of(home, "tmp");
    }
}
