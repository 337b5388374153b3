package dev.sluice.security;

import java.util.Set;

/** The OpenID providers whose clients or people this server lets in, by the issuers that owners are recorded with. */
@FunctionalInterface
public interface OpenIdIssuers {
    /** Empty if there are none. */
    Set<String> issuers();
}
