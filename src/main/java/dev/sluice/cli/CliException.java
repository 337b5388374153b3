package dev.sluice.cli;

/** Thrown if a command cannot produce a result: wrong arguments, or an unreadable file. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CliException(String sentence) {
        super(sentence);
    }
}
