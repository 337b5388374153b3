package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.plan.ViewOutput;
import dev.sluice.plan.ViewOutput.Format;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.CompiledView;
import dev.sluice.view.CsvRows;
import dev.sluice.view.NdjsonRows;
import dev.sluice.view.RowSink;
import dev.sluice.view.ViewDefinition;
import dev.sluice.view.ViewRowException;

/** A view that one unit applies. The rows of a resource are written together, or none of them. For use by one thread. */
final class UnitView {
    private final String name;
    private final byte[] header;
    private final CompiledView view;
    private final RowSink rows;
    private final JsonOutput out = new JsonOutput();
    private long made;

    private UnitView(ViewOutput output, String name, OwnBases bases) {
        ViewDefinition definition = ViewDefinition.of(
                FhirJson.parseObject(output.view(name).definition().getBytes(UTF_8)));
        boolean csv = output.format() == Format.CSV;
        this.name = name;
        this.header = csv && output.header() ? CsvRows.header(definition.columns()) : new byte[0];
        this.view = definition.compile(bases);
        this.rows = csv ? new CsvRows(definition.columns(), out) : new NdjsonRows(definition.columns(), out);
    }

    /** The view of a plan. */
    static UnitView of(ViewOutput output, String name, OwnBases bases) {
        return new UnitView(output, name, bases);
    }

    String name() {
        return name;
    }

    /** Gives what stands at the beginning of each file. */
    void begin(JsonOutput.Receiver receiver) {
        receiver.write(header, 0, header.length);
    }

    /**
     * Gives the rows of a resource, and returns how many they are.
     *
     * @throws ViewRowException if the view cannot make rows of it; then nothing was given
     */
    long rows(byte[] buffer, int offset, int length, JsonOutput.Receiver receiver) {
        out.clear();
        made = 0;
        view.rows(buffer, offset, length, row -> {
            rows.row(row);
            made++;
            if (out.size() > FhirJson.MAX_RESOURCE_BYTES) {
                throw tooLarge();
            }
        });
        out.take(receiver);
        return made;
    }

    private static ViewRowException tooLarge() {
        return new ViewRowException("its rows are together larger than " + (FhirJson.MAX_RESOURCE_BYTES >> 20) + " MB");
    }
}
