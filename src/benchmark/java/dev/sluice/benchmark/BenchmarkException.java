package dev.sluice.benchmark;

/** Something without which the benchmark cannot go on; the message is for the person at the console. */
final class BenchmarkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchmarkException(String message) {
        super(message);
    }

    BenchmarkException(String message, Exception cause) {
        super(message + ": " + cause.getMessage(), cause);
    }

    static BenchmarkException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new BenchmarkException("The benchmark was interrupted", cause);
    }
}
