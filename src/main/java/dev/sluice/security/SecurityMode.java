package dev.sluice.security;

/** How callers are authenticated. */
public enum SecurityMode {
    /** Not at all: every client that can connect may do everything. */
    OPEN,
    /**
     * By the tokens of this server, which a client gets for an assertion that it has signed.
     *
     * @see <a href="https://hl7.org/fhir/smart-app-launch/backend-services.html">SMART Backend Services</a>
     */
    SMART,
    /** By the tokens of an OpenID provider. */
    OIDC
}
