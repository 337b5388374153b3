package dev.sluice.web;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** 429 with {@code Retry-After}: the same request may succeed when the server has done some of its work. */
public final class TooManyRequestsException extends ErrorResponseException {
    private static final long serialVersionUID = 1L;

    /** As long as a client waits between two requests for the status of a job. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    /** @param sentence for the person who sent the request */
    public TooManyRequestsException(String sentence, Throwable cause) {
        this(sentence, RETRY_AFTER, cause);
    }

    /** @param retryAfter when the same request may succeed */
    TooManyRequestsException(String sentence, Duration retryAfter) {
        this(sentence, retryAfter, null);
    }

    private TooManyRequestsException(String sentence, Duration retryAfter, @Nullable Throwable cause) {
        super(
                HttpStatus.TOO_MANY_REQUESTS,
                ProblemDetail.forStatusAndDetail(HttpStatus.TOO_MANY_REQUESTS, sentence),
                cause);
        getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfter.toSeconds()));
    }
}
