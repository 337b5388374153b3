package dev.sluice.view;

/**
 * What is wrong with a view, or hardly meant.
 *
 * @param element where, such as {@code select[0].column[1].path}; empty for the whole view
 * @param message a sentence without its full stop
 */
public record ViewFault(String element, String message) {
    /** In words. */
    public String text() {
        return element.isEmpty() ? message : element + ": " + message;
    }
}
