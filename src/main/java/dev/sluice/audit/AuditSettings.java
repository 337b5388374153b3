package dev.sluice.audit;

import dev.sluice.security.SecurityMode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings of the audit.
 *
 * @param enabled whether events are recorded; null = in all modes but open
 * @param file a file that each event is also written to; null = none
 */
@ConfigurationProperties("sluice.audit")
record AuditSettings(@Nullable Boolean enabled, @Nullable Path file) {
    /** Whether events are recorded in this mode; a command has none. */
    boolean isEnabled(@Nullable SecurityMode mode) {
        return enabled == null ? mode != SecurityMode.OPEN : enabled;
    }
}
