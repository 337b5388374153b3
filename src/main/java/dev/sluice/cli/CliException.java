package dev.sluice.cli;

/** Says why a command cannot say anything: wrong arguments, or something that cannot be read. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CliException(String sentence) {
        super(sentence);
    }
}
