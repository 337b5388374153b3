package dev.sluice.cli;

/** Says why a command cannot say anything: wrong arguments, or something that cannot be read. */
final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(String sentence) {
        super(sentence);
    }
}
