package dev.sluice.benchmark;

import java.util.List;

/** Colours that people with any eyesight tell apart. */
final class Palette {
    static final String SLUICE = "#0072b2";
    static final String BOUND = "#b0b0b0";
    static final String AXIS = "#555555";
    static final String GRID = "#e6e6e6";

    private static final List<String> LINES = List.of(SLUICE, "#d55e00", "#009e73", "#cc79a7", "#e69f00");

    private Palette() {}

    static String line(int number) {
        return LINES.get(number % LINES.size());
    }
}
