package dev.sluice.database;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.files.HomeFolder;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/** Takes the place of the checks of a database that no {@code spring.datasource.url} names. */
@Examines(Topic.DATABASE)
@ConditionalOnProperty(name = "spring.datasource.url", matchIfMissing = true, havingValue = "\u0000 never")
final class EmbeddedCheck implements Check {
    private final HomeFolder home;

    EmbeddedCheck(HomeFolder home) {
        this.home = home;
    }

    /** A start of it would change its files, and the server may be using them. */
    @Override
    public List<Finding> run() {
        return List.of(Finding.skipped(
                Topic.DATABASE,
                "The embedded PostgreSQL in " + home.postgres().toAbsolutePath().normalize()
                        + ". Only the server starts it, so the checks do not look into it."));
    }
}
