package dev.sluice.delta;

import dev.sluice.delta.DeltaExport.NewFile;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.lake.ColumnType;
import dev.sluice.lake.TableColumn;
import dev.sluice.lake.TableSchema;
import dev.sluice.lake.TableStatistics;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the actions of one version of a table, one on each line.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions">the actions of Delta Lake</a>
 */
final class TableActions {
    /** Any reader of Delta Lake can read the table. */
    private static final int READER = 1;

    /** Writers must obey columns that have a value in each row. */
    private static final int WRITER = 2;

    private final StringBuilder lines = new StringBuilder();
    private final DeltaExport export;
    private final Instant now;

    TableActions(DeltaExport export, Instant now) {
        this.export = export;
        this.now = now;
    }

    /** Says what the version is, for people, and by which number the container's log has it. */
    TableActions info(long number) {
        ObjectNode user = FhirJson.MAPPER
                .createObjectNode()
                .put("export", export.job().toString())
                .put("transactionTime", FhirInstant.format(export.time()));
        if (export.since() != null) {
            user.put("since", FhirInstant.format(export.since()));
        }
        ObjectNode info = line("commitInfo");
        info.put("timestamp", now.toEpochMilli())
                .put("operation", export.since() == null ? "WRITE" : "MERGE")
                .put("isBlindAppend", false)
                .put("engineInfo", "Sluice")
                .put("userMetadata", user.toString())
                .putObject("operationParameters");
        end(info);
        ObjectNode transaction = line("txn");
        transaction.put("appId", "sluice").put("version", number).put("lastUpdated", now.toEpochMilli());
        return end(transaction);
    }

    /** Begins the table. */
    TableActions create(UUID id, TableSchema schema) {
        ObjectNode protocol = line("protocol");
        end(protocol.put("minReaderVersion", READER).put("minWriterVersion", WRITER));
        return columns(id, schema);
    }

    /** Says which columns the table has from this version on. */
    TableActions columns(UUID id, TableSchema schema) {
        ObjectNode table = line("metaData");
        table.put("id", id.toString());
        table.putObject("format").put("provider", "parquet").putObject("options");
        table.put("schemaString", schema(schema));
        table.putArray("partitionColumns");
        table.putObject("configuration").put("delta.enableExpiredLogCleanup", "false");
        return end(table.put("createdTime", now.toEpochMilli()));
    }

    TableActions remove(List<DataFile> files) {
        for (DataFile file : files) {
            ObjectNode remove = line("remove");
            remove.put("path", file.path())
                    .put("deletionTimestamp", now.toEpochMilli())
                    .put("dataChange", true)
                    .put("extendedFileMetadata", true)
                    .put("size", file.bytes())
                    .putObject("partitionValues");
            end(remove);
        }
        return this;
    }

    TableActions add(List<NewFile> files) {
        for (NewFile file : files) {
            ObjectNode add = line("add");
            add.put("path", path(file))
                    .put("size", file.bytes())
                    .put("modificationTime", now.toEpochMilli())
                    .put("dataChange", true)
                    .put("stats", stats(file.statistics()))
                    .putObject("partitionValues");
            end(add);
        }
        return this;
    }

    String text() {
        return lines.toString();
    }

    /** A new file as it is known to the next version. */
    DataFile file(NewFile file) {
        return new DataFile(path(file), file.bytes(), file.statistics().rows());
    }

    private String path(NewFile file) {
        return export.folder() + "/" + file.name();
    }

    private ObjectNode line(String action) {
        ObjectNode content = FhirJson.MAPPER.createObjectNode();
        lines.append("{\"").append(action).append("\":");
        return content;
    }

    private TableActions end(ObjectNode content) {
        lines.append(content).append("}\n");
        return this;
    }

    private static String stats(TableStatistics statistics) {
        ObjectNode stats = FhirJson.MAPPER.createObjectNode().put("numRecords", statistics.rows());
        ObjectNode min = stats.putObject("minValues");
        ObjectNode max = stats.putObject("maxValues");
        ObjectNode nulls = stats.putObject("nullCount");
        statistics.columns().forEach((column, range) -> {
            if (range.min() != null && range.max() != null) {
                min.put(column, range.min());
                max.put(column, range.max());
            }
            nulls.put(column, range.nulls());
        });
        return stats.toString();
    }

    private static String schema(TableSchema schema) {
        ObjectNode struct = FhirJson.MAPPER.createObjectNode().put("type", "struct");
        ArrayNode fields = struct.putArray("fields");
        for (TableColumn column : schema.columns()) {
            ObjectNode field = fields.addObject().put("name", column.name());
            type(field, column.type());
            field.put("nullable", column.nullable()).putObject("metadata");
        }
        return struct.toString();
    }

    private static void type(ObjectNode field, ColumnType type) {
        switch (type) {
            case STRING -> field.put("type", "string");
            case INT -> field.put("type", "integer");
            case LONG -> field.put("type", "long");
            case DOUBLE -> field.put("type", "double");
            case BOOLEAN -> field.put("type", "boolean");
            case TIMESTAMP -> field.put("type", "timestamp");
            case DATE -> field.put("type", "date");
            case STRING_LIST ->
                field.putObject("type")
                        .put("type", "array")
                        .put("elementType", "string")
                        .put("containsNull", false);
        }
    }
}
