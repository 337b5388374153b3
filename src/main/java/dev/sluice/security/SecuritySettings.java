package dev.sluice.security;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of access control.
 *
 * @param mode how clients are authenticated
 * @param allowOpen whether open mode may listen on other interfaces than loopback, for a network that is closed itself
 */
@ConfigurationProperties("sluice.security")
record SecuritySettings(
        @DefaultValue("open") Mode mode,
        @DefaultValue("false") boolean allowOpen) {
    /** How callers are told apart. */
    enum Mode {
        /** Not at all. */
        OPEN
    }
}
