package dev.sluice.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import dev.sluice.view.CompiledView;
import dev.sluice.view.NdjsonRows;
import dev.sluice.view.ViewDefinition;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A flat view of Observation without a database, a server or files, in one thread: how many rows it makes in a second of the
 * CPU, beside how many resources a parser reads to trees, which is what flattening by an engine for tables costs at least.
 *
 * <p>Arguments: an NDJSON file of Observations, and how many seconds a round takes.
 */
final class ViewsAlone {
    private static final int ROUNDS = 5;

    static final String VIEW = """
            {"resource": "Observation", "select": [{"column": [
              {"name": "id", "path": "getResourceKey()"},
              {"name": "patient", "path": "subject.getReferenceKey(Patient)"},
              {"name": "encounter", "path": "encounter.getReferenceKey(Encounter)"},
              {"name": "status", "path": "status"},
              {"name": "category", "path": "category.coding.first().code"},
              {"name": "code", "path": "code.coding.where(system = 'http://loinc.org').first().code"},
              {"name": "display", "path": "code.text"},
              {"name": "effective", "path": "effective.ofType(dateTime)"},
              {"name": "issued", "path": "issued"},
              {"name": "value", "path": "value.ofType(Quantity).value"},
              {"name": "unit", "path": "value.ofType(Quantity).unit"},
              {"name": "value_code", "path": "value.ofType(CodeableConcept).coding.first().code"}]}]}
            """;

    private ViewsAlone() {}

    public static void main(String[] arguments) throws IOException {
        List<byte[]> resources = Files.readString(Path.of(arguments[0]))
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.getBytes(UTF_8))
                .toList();
        ViewDefinition definition = ViewDefinition.of(FhirJson.parseObject(VIEW.getBytes(UTF_8)));
        CompiledView view = definition.compile(OwnBases.NONE);
        JsonOutput out = new JsonOutput();
        NdjsonRows rows = new NdjsonRows(definition.columns(), out);
        for (int round = 0; round < ROUNDS; round++) {
            int seconds = Integer.parseInt(arguments[1]);
            double made = rate(resources, seconds, resource -> {
                out.clear();
                view.rows(resource, 0, resource.length, rows);
            });
            double parsed = rate(resources, seconds, resource -> FhirJson.stored(resource, 0, resource.length));
            System.out.printf(
                    "%.0f rows/s; a parser reads %.0f resources/s to trees: %.1f times as many%n",
                    made, parsed, made / parsed);
        }
    }

    private interface Step {
        void of(byte[] resource);
    }

    private static double rate(List<byte[]> resources, int seconds, Step step) {
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadCpuTime();
        long done = 0;
        while (thread.getCurrentThreadCpuTime() - start < seconds * 1_000_000_000L) {
            resources.forEach(step::of);
            done += resources.size();
        }
        return done / ((thread.getCurrentThreadCpuTime() - start) / 1e9);
    }
}
