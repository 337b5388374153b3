package dev.sluice.signin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Why a sign-in did not succeed. The page of the sign-in tells it. */
public enum SignInProblem {
    /** No sign-in was begun by this browser, or too long ago, or it has ended. */
    EXPIRED(
            401,
            "The sign-in took too long, was used before, or was begun by another browser or another process. Sign in again."),
    /** The person, or the provider, has ended it. */
    DENIED(401, "The provider did not let you in."),
    /** The provider says what cannot be checked, or what is not true. */
    NOT_VALID(401, "The answer of the provider is not valid. The log of the server says why."),
    /** The person has none of the roles. */
    NO_ROLE(
            403,
            "You are known to the provider, but have no role here. Ask the administrator of the provider for one of the"
                    + " roles of this console."),
    /** The console, or the person, is disabled by the command {@code client disable}. */
    DISABLED(403, "An operator has closed this console for you, by the command client disable."),
    /** Too many sign-ins from this address have failed. */
    TOO_MANY(429, "Too many sign-ins from your address have failed. Wait for a minute, and sign in again."),
    /** The provider does not answer. */
    PROVIDER_AWAY(503, "The provider does not answer. Sign in again a little later."),
    /** The sign-in cannot be recorded, or clients cannot be looked up. */
    SERVER_AWAY(503, "The database does not answer, so nobody can sign in. Sign in again a little later.");

    private static final String ATTRIBUTE = SignInProblem.class.getName();

    private final int status;
    private final String sentence;

    SignInProblem(int status, String sentence) {
        this.status = status;
        this.sentence = sentence;
    }

    /** The status of the response. */
    public int status() {
        return status;
    }

    /** What the person is told. */
    public String sentence() {
        return sentence;
    }

    /** The problem that led a request to the page of the sign-in. */
    public static Optional<SignInProblem> find(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof SignInProblem problem
                ? Optional.of(problem)
                : Optional.empty();
    }

    void attachTo(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }
}
