package dev.sluice.oauth;

import dev.sluice.security.FailureLimit;
import org.springframework.stereotype.Component;

/**
 * Limits the token requests of an address that fail. Each verification costs time, and can lead to a fetch of keys. A
 * request takes a permit before it is looked at, and gives it back if it succeeds.
 */
@Component
@InSmartMode
class TokenRateLimit {
    /** Of one client from one address: a client that is not set up well repeats its request every few seconds. */
    private static final int FAILURES_OF_CLIENT = 30;

    /** Of one address, behind which there may be many clients. */
    private static final int FAILURES_OF_ADDRESS = 300;

    private final FailureLimit addresses = new FailureLimit(FAILURES_OF_ADDRESS);
    private final FailureLimit clients = new FailureLimit(FAILURES_OF_CLIENT);

    /** Whether a request from this address may be looked at. */
    boolean tryAddress(String address) {
        return addresses.tryTake(address);
    }

    /**
     * Whether a request of this client from this address may be looked at. It is the same whether the client is registered
     * or not, so that nobody learns it here.
     */
    boolean tryClient(String client, String address) {
        return clients.tryTake(address, known(client));
    }

    /** Gives both permits back. */
    void succeeded(String client, String address) {
        clients.giveBack(address, known(client));
        addresses.giveBack(address);
    }

    private static String known(String client) {
        return ClientRegistration.isId(client) ? client : ""; // which nobody can register
    }
}
