package dev.sluice.deid;

/** A resource that a rule cannot be applied to. The message has nothing of its content. */
public final class DeidentificationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean processing;

    private DeidentificationException(String message, boolean processing) {
        super(message, null, false, false);
        this.processing = processing;
    }

    /** A fault that {@code processingErrors: skip} accepts. */
    static DeidentificationException processing(Rule rule, String reason) {
        return new DeidentificationException(of(rule, reason), true);
    }

    /** A rule that selects what its method is not for. */
    static DeidentificationException notApplicable(Rule rule, String reason) {
        return new DeidentificationException(of(rule, reason), false);
    }

    static DeidentificationException unreadable(String reason) {
        return new DeidentificationException("A resource cannot be de-identified: " + reason, true);
    }

    boolean isProcessing() {
        return processing;
    }

    private static String of(Rule rule, String reason) {
        return "A resource cannot be de-identified by " + rule.title() + ": " + reason;
    }
}
