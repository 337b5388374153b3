package dev.sluice;

import dev.sluice.files.HomeFolder;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The setting of the home folder.
 *
 * @param home the folder; see {@link HomeFolder}
 */
@ConfigurationProperties("sluice")
record HomeSettings(String home) {
    HomeSettings {
        // A string, since Spring itself would take what is on the class path too for a resource there.
        home = Path.of(home).normalize().toString();
    }

    HomeFolder folder() {
        return new HomeFolder(Path.of(home));
    }
}
