package dev.sluice.web;

import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Returns an OperationOutcome if Tomcat refuses a request before it reaches the application: an invalid request line,
 * header or length.
 */
class OutcomeValve extends ErrorReportValve {
    private static final Logger log = LoggerFactory.getLogger(OutcomeValve.class);

    /** What Tomcat says when its buffer for the request line and the headers is full; it has no exception for that. */
    private static final String TOO_LARGE =
            StringManager.getManager(Http11InputBuffer.class).getString("iib.requestheadertoolarge.error");

    @Override
    protected void report(Request request, Response response, @Nullable Throwable fault) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            Object cause = fault == null ? request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) : fault;
            boolean tooLarge = cause instanceof Throwable thrown && TOO_LARGE.equals(thrown.getMessage());
            if (tooLarge) {
                response.setStatus(request.getCoyoteRequest().requestURI().isNull() ? 414 : 431);
            }
            String reason = cause instanceof Throwable thrown ? thrown.getMessage() : response.getMessage();
            ResponseHeadersFilter.HEADERS.forEach(response::setHeader);
            OperationOutcomes.write(response, response.getStatus(), sentence(response.getStatus(), reason));
        } catch (IOException e) {
            log.debug("The client was gone before it was told that its request was refused.", e);
        }
    }

    private static String sentence(int status, @Nullable String reason) {
        return switch (status) {
            case 414 ->
                "The URL is too long. Send the parameters of an export in the body of a POST, as a Parameters resource.";
            case 431 -> "The headers of the request are too large. Send fewer or shorter ones.";
            case 417 -> "The Expect header asks for something that this server does not do; leave it out.";
            case 501 -> "The request uses a method or a transfer coding that this server does not have.";
            case 505 -> "The request uses a version of HTTP that this server does not speak; use HTTP/1.1.";
            default ->
                status < 500
                        ? "The request is not valid HTTP: "
                                + (reason == null || reason.isBlank()
                                        ? "look at its URL, and at its Host, Content-Length and Transfer-Encoding headers."
                                        : reason)
                        : "The server has failed on this request. Its log tells why.";
        };
    }
}
