package dev.sluice.security;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of access control.
 *
 * @param mode how callers are authenticated
 * @param allowOpen whether open mode may listen on other interfaces than loopback, for a network that is closed itself
 * @param allowHttp whether the other modes run without TLS, on loopback only, for tests
 */
@ConfigurationProperties("sluice.security")
record SecuritySettings(
        @DefaultValue("open") SecurityMode mode,
        @DefaultValue("false") boolean allowOpen,
        @DefaultValue("false") boolean allowHttp) {}
