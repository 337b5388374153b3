package dev.sluice.database;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The setting of the home folder, in which this process stores files that have no other configured location.
 *
 * @param home the folder; the embedded PostgreSQL has its data below it
 */
@ConfigurationProperties("sluice")
record HomeSettings(String home) {
    HomeSettings {
        // A string, since Spring itself would take what is on the class path too for a resource there.
        home = Path.of(home).normalize().toString();
    }

    Path postgres() {
        return Path.of(home, "postgres");
    }
}
