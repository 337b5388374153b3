package dev.sluice.security;

/** What the operator has said of a client. */
public interface ClientDirectory {
    /** The limits of a client, by its id; none if nothing was said of it. */
    ClientLimits limits(String client);

    /** Whether the client was shut out. Its tokens are refused from then on. */
    boolean isDisabled(String client);
}
