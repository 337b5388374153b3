package dev.sluice.store;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A set of patients, keys or ids that is too large for a statement. Its owner keeps it in a table; it is the values of
 * one column in the rows in which other columns have certain values.
 *
 * <p>All parts are checked, because statements contain them literally.
 *
 * @param equal the values of the other columns
 */
public record Subquery(String table, String column, Map<String, String> equal) {
    private static final Pattern NAME = Pattern.compile("[a-z_]+");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9-]+");

    public Subquery {
        equal = new TreeMap<>(equal);
        require(NAME, Stream.concat(Stream.of(table, column), equal.keySet().stream()));
        require(VALUE, equal.values().stream());
    }

    private static void require(Pattern form, Stream<String> texts) {
        texts.filter(text -> !form.matcher(text).matches()).findFirst().ifPresent(text -> {
            throw new IllegalArgumentException("'" + text + "' cannot be part of a subquery");
        });
    }

    /** The subquery as SQL. */
    public String sql() {
        return equal.entrySet().stream()
                .map(entry -> entry.getKey() + " = '" + entry.getValue() + "'")
                .collect(Collectors.joining(" and ", "(select " + column + " from " + table + " where ", ")"));
    }
}
