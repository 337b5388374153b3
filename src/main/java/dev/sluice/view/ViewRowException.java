package dev.sluice.view;

/**
 * Thrown if a view cannot make rows of a resource, such as if a column that is no collection gets several values. The
 * message has no value of the resource.
 */
public final class ViewRowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message a sentence without its full stop */
    public ViewRowException(String message) {
        super(message);
    }
}
