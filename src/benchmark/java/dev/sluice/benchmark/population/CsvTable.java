package dev.sluice.benchmark.population;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Period;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the tables beside this class: cells between semicolons, the names of the columns in the first row, empty lines
 * and lines with {@code #} left out.
 */
final class CsvTable {
    private static final Pattern CELL_END = Pattern.compile("\\s*;\\s*");

    private CsvTable() {}

    static List<Row> rows(String name) {
        List<List<String>> lines = read(name)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> List.of(CELL_END.split(line.strip(), -1)))
                .toList();
        return lines.stream().skip(1).map(cells -> row(lines.get(0), cells)).toList();
    }

    /** The text of a file beside this class. */
    static String read(String name) {
        try (InputStream file = Objects.requireNonNull(CsvTable.class.getResourceAsStream(name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(List<String> columns, List<String> cells) {
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            row.put(columns.get(i), cells.get(i));
        }
        return new Row(row);
    }

    /** One row: the text of each column, empty where the table has nothing. */
    record Row(Map<String, String> cells) {
        String text(String column) {
            return Objects.requireNonNull(cells.get(column), column);
        }

        boolean has(String column) {
            return !text(column).isEmpty();
        }

        /** A number; 0 where there is none. */
        double number(String column) {
            return has(column) ? Double.parseDouble(text(column)) : 0;
        }

        /** A span of time such as {@code 11M} or {@code 2Y}; no time where there is none. */
        Period period(String column) {
            return has(column) ? Period.parse("P" + text(column)) : Period.ZERO;
        }

        Rule rule(String column) {
            return Rule.of(text(column));
        }

        /** The columns "code" and "name" as a CodeableConcept. */
        ObjectNode concept(String system) {
            return Templates.concept(system, text("code"), text("name"));
        }
    }
}
