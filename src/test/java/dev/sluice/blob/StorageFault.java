package dev.sluice.blob;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What can happen to a request on its way to the storage and back. */
public enum StorageFault {
    INTERNAL_ERROR("500", "InternalError", ""),
    BUSY("503", "ServerBusy", "Retry-After: 1\r\n"),
    THROTTLED("429", "TooManyRequests", "Retry-After: 1\r\n"),
    /** The connection is reset before the storage sees the request. */
    RESET("", "", ""),
    /** The storage does what it was asked, and the connection is reset before it can say so. */
    LOST_ANSWER("", "", ""),
    /** The answer ends in its middle. */
    TRUNCATED("", "", ""),
    /** The connection is reset in the middle of the answer. */
    TORN("", "", ""),
    /** The storage does what it was asked; its answer comes late. */
    SLOW("", "", ""),
    /** The answer begins in time, and its second half comes late. */
    STALLED("", "", ""),
    FORBIDDEN("403", "AuthorizationPermissionMismatch", ""),
    NO_CONTAINER("404", "ContainerNotFound", "");

    private final String status;
    private final String code;
    private final String header;

    StorageFault(String status, String code, String header) {
        this.status = status;
        this.code = code;
        this.header = header;
    }

    /** Those after which the same request may succeed. */
    public static List<StorageFault> passing() {
        return List.of(INTERNAL_ERROR, BUSY, THROTTLED, RESET, LOST_ANSWER, TRUNCATED, TORN, SLOW, STALLED);
    }

    boolean isRefusal() {
        return !status.isEmpty();
    }

    /** As Azure says it. */
    byte[] refusal(boolean withoutBody) {
        String body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + code + "</Code><Message>" + code
                + "</Message></Error>";
        return ("HTTP/1.1 " + status + " \r\nx-ms-error-code: " + code + "\r\n" + header
                        + "content-type: application/xml\r\ncontent-length: " + body.length() + "\r\n\r\n"
                        + (withoutBody ? "" : body))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
