package dev.sluice.store;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where this process keeps what no other place was named for.
 *
 * @param home the folder; the embedded PostgreSQL has its data below it
 */
@ConfigurationProperties("sluice")
record HomeSettings(Path home) {
    Path postgres() {
        return home.resolve("postgres");
    }
}
