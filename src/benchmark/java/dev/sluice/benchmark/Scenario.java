package dev.sluice.benchmark;

import java.util.List;
import java.util.Locale;

/**
 * Something that each round measures once.
 *
 * @param name one word, for {@code -Dbench.only}
 * @param title what the report calls it
 * @param server the server of the pool that runs it; empty = none
 * @param against what its figures are compared with
 */
record Scenario(String name, Group group, String title, String server, Work work, List<Against> against) {
    /** The tables of the report. */
    enum Group {
        EXPORTS("Exports to the local store, and PostgreSQL alone"),
        STORAGE("Exports to blob storage, and the upload alone"),
        IMPORT("Import, and COPY alone"),
        SMALL("Small exports, and the start");

        final String title;

        Group(String title) {
            this.title = title;
        }

        /** Its part of the page. */
        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is timed. */
    @FunctionalInterface
    interface Work {
        Done run();
    }

    /**
     * Work that was done.
     *
     * @param bytes raw NDJSON, newlines included
     * @param server a server that the work started itself, and whose CPU seconds are part of it
     * @param cleanUp undoes the work, untimed
     */
    record Done(long resources, long bytes, List<Server> server, Runnable cleanUp) {
        static Done of(long resources, long bytes, Runnable cleanUp) {
            return new Done(resources, bytes, List.of(), cleanUp);
        }
    }

    /** A comparison with another scenario of the same round. */
    record Against(String scenario, By by) {}

    /** What is compared. */
    enum By {
        TIME("the time"),
        TIME_PER_RESOURCE("the time per resource");

        final String words;

        By(String words) {
            this.words = words;
        }

        double of(Measurement measurement) {
            return this == TIME ? measurement.seconds() : measurement.secondsPerResource();
        }
    }

    static Against timeOf(String scenario) {
        return new Against(scenario, By.TIME);
    }

    static Against perResourceOf(String scenario) {
        return new Against(scenario, By.TIME_PER_RESOURCE);
    }

    /** Whether it is done without Sluice, for others to be compared with. */
    boolean isBound() {
        return server.isEmpty() && group != Group.SMALL;
    }
}
