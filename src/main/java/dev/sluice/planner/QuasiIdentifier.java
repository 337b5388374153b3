package dev.sluice.planner;

import java.time.LocalDate;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A value of a Patient that tells little on its own and much together with others. It is as coarse as its name says, whatever
 * the rules of a de-identification leave of it.
 */
public enum QuasiIdentifier {
    BIRTH_DATE("birthDate", "\"birthDate\""),
    BIRTH_YEAR("birthYear", "left(\"birthDate\", 4)"),
    /** Patients over 89 have none, as in an output of rules with partial dates. Dates that are not complete compare as text. */
    BIRTH_YEAR_UP_TO_89(
            "birthYearUpTo89", "case when \"birthDate\" collate \"C\" > 'OLDEST' then left(\"birthDate\", 4) end"),
    GENDER("gender", "gender"),
    POSTAL_CODE("postalCode", ofAddresses("a ->> 'postalCode'")),
    ZIP3("zip3", ofAddresses("left(a ->> 'postalCode', 3)")),
    CITY("city", ofAddresses("a ->> 'city'")),
    STATE("state", ofAddresses("a ->> 'state'")),
    COUNTRY("country", ofAddresses("a ->> 'country'")),
    MARITAL_STATUS("maritalStatus", each("\"maritalStatus\" -> 'coding'", "c", "c ->> 'code'")),
    DECEASED("deceased", "coalesce(\"deceasedBoolean\", 'false') = 'true' or \"deceasedDateTime\" is not null"),
    DECEASED_YEAR("deceasedYear", "left(\"deceasedDateTime\", 4)");

    /** The properties of a Patient that the expressions read, as the column list of a record. */
    static final String COLUMNS = "\"birthDate\" text, gender text, address json, \"maritalStatus\" json,"
            + " \"deceasedBoolean\" text, \"deceasedDateTime\" text";

    private static final int OVER_89 = 90;

    private final String label;
    private final String sql;

    QuasiIdentifier(String label, String sql) {
        this.label = label;
        this.sql = sql;
    }

    /** Finds one by its name in a request. */
    public static Optional<QuasiIdentifier> of(String name) {
        return Stream.of(values()).filter(one -> one.label.equals(name)).findFirst();
    }

    /** Its value as SQL. A patient with several addresses has the values of all, which is what a reader sees. */
    String sql(LocalDate today) {
        return sql.replace("OLDEST", today.minusYears(OVER_89).toString());
    }

    private static String ofAddresses(String value) {
        return each("address", "a", value);
    }

    /** The distinct values of the items of an array in their order; null if there are none. */
    private static String each(String array, String item, String value) {
        return "(select string_agg(distinct " + value + ", ' ' order by " + value + ") from json_array_elements(case"
                + " json_typeof(" + array + ") when 'array' then " + array + " end) " + item + ")";
    }

    /** Its name in a request. */
    @Override
    public String toString() {
        return label;
    }
}
