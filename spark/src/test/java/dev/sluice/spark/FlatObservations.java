package dev.sluice.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Spark's part of the benchmark of views: it makes the rows of a flat view of Observations from NDJSON, as its users do
 * without a view.
 *
 * <p>Arguments: the folder of the NDJSON files, and that of the rows. For each line of its standard input it makes the rows
 * again, and prints the seconds. After the line {@code inferred} it finds out the schema from the files, which is what
 * {@code spark.read.json} does by default and reads them twice; after any other line it is given the schema.
 */
public final class FlatObservations {
    private static final String CODINGS = "ARRAY<STRUCT<system: STRING, code: STRING>>";
    private static final String SCHEMA = "id STRING, status STRING, subject STRUCT<reference: STRING>,"
            + " encounter STRUCT<reference: STRING>, category ARRAY<STRUCT<coding: " + CODINGS + ">>,"
            + " code STRUCT<coding: " + CODINGS + ", text: STRING>, effectiveDateTime STRING, issued STRING,"
            + " valueQuantity STRUCT<value: DOUBLE, unit: STRING>, valueCodeableConcept STRUCT<coding: " + CODINGS
            + ">";

    private static final String[] COLUMNS = {
        "id",
        "CASE WHEN subject.reference LIKE 'Patient/%' THEN substring(subject.reference, 9) END AS patient",
        "CASE WHEN encounter.reference LIKE 'Encounter/%' THEN substring(encounter.reference, 11) END AS encounter",
        "status",
        "get(flatten(category.coding), 0).code AS category",
        "get(filter(code.coding, c -> c.system = 'http://loinc.org'), 0).code AS code",
        "code.text AS display",
        "effectiveDateTime AS effective",
        "issued",
        "valueQuantity.value AS value",
        "valueQuantity.unit AS unit",
        "get(valueCodeableConcept.coding, 0).code AS value_code"
    };

    private FlatObservations() {}

    /** Runs until its standard input ends. */
    public static void main(String[] arguments) throws IOException {
        SparkSession spark = SparkSession.builder()
                .appName("flat observations")
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.jsonGenerator.ignoreNullFields", "false")
                .getOrCreate();
        BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String round = rounds.readLine(); round != null; round = rounds.readLine()) {
            long begun = System.nanoTime();
            DataFrameReader reader =
                    round.equals("inferred") ? spark.read() : spark.read().schema(SCHEMA);
            Dataset<Row> resources = reader.json(arguments[0]);
            Dataset<Row> rows = resources.selectExpr(columns(resources));
            rows.write().mode(SaveMode.Overwrite).json(arguments[1]);
            System.out.println("seconds " + (System.nanoTime() - begun) / 1e9);
        }
        spark.stop();
    }

    /** An element that no resource has is no column of a schema that was found out. */
    private static String[] columns(Dataset<Row> resources) {
        String[] columns = COLUMNS.clone();
        if (!List.of(resources.columns()).contains("valueCodeableConcept")) {
            columns[columns.length - 1] = "CAST(NULL AS STRING) AS value_code";
        }
        return columns;
    }
}
