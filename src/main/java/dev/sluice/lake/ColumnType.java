package dev.sluice.lake;

import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * The type of the values of a column.
 *
 * @see <a href="https://github.com/apache/parquet-format/blob/master/LogicalTypes.md">Parquet, logical types</a>
 */
public enum ColumnType {
    /** A text in UTF-8. */
    STRING(PrimitiveTypeName.BINARY, stringType()),
    /** A list of texts, none of which is null. */
    STRING_LIST(PrimitiveTypeName.BINARY, stringType()),
    INT(PrimitiveTypeName.INT32, null),
    LONG(PrimitiveTypeName.INT64, null),
    DOUBLE(PrimitiveTypeName.DOUBLE, null),
    BOOLEAN(PrimitiveTypeName.BOOLEAN, null),
    /** An instant, in microseconds since 1970: Delta Lake allows no other unit, and Spark computes in this one. */
    TIMESTAMP(PrimitiveTypeName.INT64, timestampType(true, TimeUnit.MICROS)),
    /** A day of the calendar, in days since 1970-01-01. */
    DATE(PrimitiveTypeName.INT32, dateType());

    @SuppressWarnings("ImmutableEnumChecker") // Parquet's annotations do not change.
    private final PrimitiveTypeName primitive;

    @SuppressWarnings("ImmutableEnumChecker")
    private final @Nullable LogicalTypeAnnotation logical;

    ColumnType(PrimitiveTypeName primitive, @Nullable LogicalTypeAnnotation logical) {
        this.primitive = primitive;
        this.logical = logical;
    }

    /** How Parquet stores a value. */
    PrimitiveTypeName primitive() {
        return primitive;
    }

    /** What the stored value means; null = what it is. */
    @Nullable
    LogicalTypeAnnotation logical() {
        return logical;
    }
}
