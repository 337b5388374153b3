package dev.sluice.benchmark;

/**
 * One run of a scenario.
 *
 * @param bytes raw NDJSON, newlines included
 * @param cpu seconds of the Sluice process; where none takes part, of the benchmark and its psql
 * @param postgresCpu seconds of all processes of PostgreSQL
 * @param peak the most memory of the Sluice process, in bytes; NaN without one
 */
record Measurement(double seconds, long resources, long bytes, double cpu, double postgresCpu, double peak) {
    double secondsPerResource() {
        return resources == 0 ? Double.NaN : seconds / resources;
    }

    double resourcesPerSecond() {
        return resources / seconds;
    }

    double megabytesPerSecond() {
        return bytes / 1e6 / seconds;
    }
}
