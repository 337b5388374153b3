package dev.sluice.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/**
 * Serves fewer requests at a time than Tomcat has threads, and refuses others with 503. Probes are always served, and so
 * an orchestrator does not end a process because its clients are slow.
 *
 * <p>A request counts until its response is sent and its body is read. Tomcat's own {@code SemaphoreValve} releases it
 * before, and the rest may take a slow client as long as it likes.
 */
final class RequestLimitValve extends ValveBase {
    private static final Logger log = LoggerFactory.getLogger(RequestLimitValve.class);
    private static final Set<String> PROBES = Set.of("/actuator/health/liveness", "/actuator/health/readiness");
    private static final String RETRY_AFTER_SECONDS = "5";

    private final Semaphore free;
    private final long swallowed;

    /**
     * @param requests how many are served at a time, beside probes
     * @param swallowed up to how many bytes of a body are read after the answer; negative = all
     */
    RequestLimitValve(int requests, long swallowed) {
        super(true);
        this.free = new Semaphore(requests);
        this.swallowed = swallowed;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (isProbe(request)) {
            getNext().invoke(request, response);
        } else if (free.tryAcquire()) {
            try {
                getNext().invoke(request, response);
                complete(request, response);
            } finally {
                free.release();
            }
        } else {
            response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            ResponseHeadersFilter.HEADERS.forEach(response::setHeader);
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            OperationOutcomes.write(
                    response,
                    503,
                    "The server is busy with other requests. Send the same request again a little later.");
        }
    }

    /** Without a body, since its answer would wait for the rest of that. */
    private static boolean isProbe(Request request) {
        String path = request.getRequestURI(); // null if the request line is not valid
        return path != null
                && PROBES.contains(path)
                && Set.of("GET", "HEAD").contains(request.getMethod())
                && request.getContentLengthLong() <= 0
                && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
    }

    /** Does what Tomcat does after the valves: it sends what is buffered, and reads the rest of a body. */
    private void complete(Request request, Response response) {
        if (request.isAsync()) {
            return;
        }
        org.apache.coyote.Request message = request.getCoyoteRequest();
        try {
            response.finishResponse();
            // A client that waits to be told to go on sends no body after a refusal.
            boolean sent = !message.hasExpectation() || message.getBytesRead() > 0;
            Rest rest = new Rest();
            long before = message.getBytesRead();
            while (sent && message.doRead(rest) >= 0) {
                if (swallowed >= 0 && message.getBytesRead() - before > swallowed) {
                    message.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
                    return;
                }
            }
        } catch (IOException e) {
            log.debug("The client has gone before its request was read.", e);
        }
    }

    /** The buffer for the rest of a body, which is not used. Tomcat sets the limit of the buffer that it passes. */
    private static final class Rest implements ApplicationBufferHandler {
        private ByteBuffer buffer = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {
            // Nothing is kept.
        }
    }
}
