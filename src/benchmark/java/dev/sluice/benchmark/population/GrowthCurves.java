package dev.sluice.benchmark.population;

import java.util.List;

/** The means of healthy bodies at each age, from growth.csv. */
final class GrowthCurves {
    private static final List<CsvTable.Row> ROWS = CsvTable.rows("growth.csv");

    private GrowthCurves() {}

    /** The mean at an age in years, on the line between two rows; some columns are for one sex. */
    static double mean(String column, String gender, double age) {
        String own = gender + " " + column;
        String name = ROWS.get(0).cells().containsKey(own) ? own : column;
        CsvTable.Row before = ROWS.get(0);
        for (CsvTable.Row after : ROWS) {
            if (after.number("age") > age) {
                double share = (age - before.number("age")) / (after.number("age") - before.number("age"));
                return before.number(name) + share * (after.number(name) - before.number(name));
            }
            before = after;
        }
        return before.number(name);
    }
}
