package dev.sluice.oauth;

import com.nimbusds.oauth2.sdk.ErrorObject;

/** Thrown if a client gets no token. */
final class TokenRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int BAD_REQUEST = 400;

    private final ErrorObject error;

    /**
     * @param error the error of RFC 6749
     * @param description a sentence for the developer of the client, in ASCII
     */
    TokenRefusedException(ErrorObject error, String description) {
        this(error, BAD_REQUEST, description);
    }

    TokenRefusedException(ErrorObject error, int status, String description) {
        super(description);
        this.error = new ErrorObject(error.getCode(), description, status);
    }

    ErrorObject error() {
        return error;
    }
}
