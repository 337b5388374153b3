package dev.sluice.benchmark;

/** Something without which the benchmark cannot go on; the message is for the person at the console. */
final class BenchmarkFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchmarkFault(String message) {
        super(message);
    }

    BenchmarkFault(String message, Exception cause) {
        super(message + ": " + cause.getMessage(), cause);
    }

    static BenchmarkFault interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new BenchmarkFault("The benchmark was interrupted", cause);
    }
}
