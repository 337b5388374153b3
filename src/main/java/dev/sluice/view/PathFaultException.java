package dev.sluice.view;

/** Thrown if an expression of a view is not valid or not supported. The message is a sentence without its full stop. */
final class PathFaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PathFaultException(String message) {
        super(message);
    }
}
