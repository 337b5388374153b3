package dev.sluice.fhir;

/** The cause of a problem with what a newer version of Sluice has written: a process of that version can read it. */
public final class NewerFormException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NewerFormException(String message) {
        super(message);
    }
}
