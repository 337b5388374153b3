package dev.sluice.replica;

/** Thrown if a standby cannot serve reads. The message says why, for operators. */
final class ReplicaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReplicaException(String message) {
        super(message);
    }
}
