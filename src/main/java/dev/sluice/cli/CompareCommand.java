package dev.sluice.cli;

import dev.sluice.comparison.ComparisonResult;
import dev.sluice.comparison.DifferenceKind;
import dev.sluice.comparison.ExportSide;
import dev.sluice.comparison.KeyHash;
import dev.sluice.comparison.ResourceDigest;
import dev.sluice.comparison.ResourceTable;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.Plural;
import dev.sluice.json.NdjsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/**
 * The command {@code compare}: reports the resources in which two exports differ, however they are divided into files.
 *
 * <p>Reads both sides once, one line at a time, into a {@link ResourceTable}; then those files again that are needed to
 * name what differs.
 */
@Command(
        name = "compare",
        description = "Says in which resources two exports differ.",
        footer = {"", SluiceCommand.EXIT_CODES})
final class CompareCommand implements Callable<Integer> {
    /** Reports of an export lie beside its files, and have no id. */
    private static final String REPORT = "OperationOutcome";

    /** Headers of blocks have none either. What follows one may be repeated in other blocks. */
    private static final String HEADER = "Parameters";

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Parameters(
            index = "0",
            paramLabel = "<A>",
            description = "The URL or file of a manifest, or a folder or file with *.ndjson or *.ndjson.gz.")
    private String a = "";

    @Parameters(index = "1", paramLabel = "<B>", description = "The same, of the other export.")
    private String b = "";

    @Option(names = "--versions", description = "Another version is a difference, and so is another history.")
    private boolean versions;

    @Option(names = "--ignore-duplicates", description = "A resource that one export has twice is no difference.")
    private boolean ignoreDuplicates;

    @Option(
            names = "--token-file-a",
            paramLabel = "<file>",
            description = "A file with the bearer token for the server of A; by default the variable FHIR_TOKEN_A.")
    private @Nullable Path bearerTokenFileA;

    @Option(names = "--token-file-b", paramLabel = "<file>", description = "The same of B; FHIR_TOKEN_B.")
    private @Nullable Path bearerTokenFileB;

    /** Prints what differs, and a table; 0 if nothing does, 1 otherwise. */
    @Override
    public Integer call() {
        ExportLocator ofA = new ExportLocator(a, BearerToken.read(bearerTokenFileA, "FHIR_TOKEN_A"));
        ExportLocator ofB = new ExportLocator(b, BearerToken.read(bearerTokenFileB, "FHIR_TOKEN_B"));
        ResourceTable table = new ResourceTable(versions);
        ComparedSide sideA = read(ExportSide.A, a, ofA.files(), table);
        out.line(sideA);
        ComparedSide sideB = read(ExportSide.B, b, ofB.files(), table);
        out.line(sideB);
        ComparisonResult result = new ComparisonResult(table);
        Map<KeyHash, String> names = new HashMap<>();
        name(ofA::files, result.wanted(ExportSide.A), names);
        name(ofB::files, result.wanted(ExportSide.B), names);
        ComparisonReport report = new ComparisonReport(table, result, names, counted());
        report.print(out);
        out.document(json -> {
            sideA.describe(json.putObject("a"));
            sideB.describe(json.putObject("b"));
            report.describe(json);
        });
        return report.isEqual() ? 0 : 1;
    }

    private Set<DifferenceKind> counted() {
        Set<DifferenceKind> counted = EnumSet.allOf(DifferenceKind.class);
        if (!versions) {
            counted.removeAll(EnumSet.of(DifferenceKind.OTHER_VERSION, DifferenceKind.OTHER_HISTORY));
        }
        if (ignoreDuplicates) {
            counted.removeAll(EnumSet.of(DifferenceKind.REPEATED_IN_A, DifferenceKind.REPEATED_IN_B));
        }
        return counted;
    }

    /**
     * What was read of one side.
     *
     * @param without how many lines of a type have no id
     */
    private record ComparedSide(ExportSide side, String place, int files, long resources, Map<String, Long> without) {
        void describe(ObjectNode json) {
            json.put("export", place).put("files", files).put("resources", resources);
            json.put("blocks", without.getOrDefault(HEADER, 0L));
            json.put("operationOutcomesWithoutId", without.getOrDefault(REPORT, 0L));
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(
                    side + ": " + place + " (" + Plural.of(files, "file") + ", " + Plural.of(resources, "resource"));
            if (without.containsKey(HEADER)) {
                text.append(", in ").append(without.get(HEADER)).append(" blocks");
            }
            if (without.containsKey(REPORT)) {
                text.append(", and ").append(without.get(REPORT)).append(" OperationOutcomes without an id, left out");
            }
            return text + ")";
        }
    }

    private ComparedSide read(ExportSide side, String place, List<NdjsonFile> files, ResourceTable table) {
        Map<String, Long> without = new TreeMap<>();
        long[] resources = new long[1];
        forEach("Reading " + side, files, (resource, inBlock) -> {
            if (resource.id().isEmpty()) {
                without.merge(resource.type(), 1L, Long::sum);
            } else {
                resources[0]++;
                table.add(side, resource, inBlock);
            }
            return true;
        });
        return new ComparedSide(side, place, files.size(), resources[0], without);
    }

    /** Looks the wanted keys up in the files, until all that have no name yet have one. */
    private void name(Supplier<List<NdjsonFile>> files, Set<KeyHash> wanted, Map<KeyHash, String> names) {
        wanted.removeAll(names.keySet());
        if (!wanted.isEmpty()) {
            forEach("Looking up names", files.get(), (resource, inBlock) -> {
                if (wanted.remove(resource.key())) {
                    names.put(resource.key(), resource.type() + "/" + resource.id());
                }
                return !wanted.isEmpty();
            });
        }
    }

    /** Reads on as long as the predicate says so, which is told whether the resource stands in a block. */
    private void forEach(String work, List<NdjsonFile> files, BiPredicate<ResourceDigest, Boolean> next) {
        try (ProgressLine progress = new ProgressLine(out.progress(), work, NdjsonFile.size(files))) {
            for (NdjsonFile file : files) {
                if (!readsOn(file, progress, next)) {
                    return;
                }
            }
        }
    }

    private static boolean readsOn(NdjsonFile file, ProgressLine progress, BiPredicate<ResourceDigest, Boolean> next) {
        boolean inBlock = false;
        try (InputStream in = file.open(false, progress)) {
            NdjsonReader reader = new NdjsonReader(in);
            while (reader.next()) {
                ResourceDigest resource = resource(reader.line(), file.name() + ", line " + reader.number());
                inBlock |= resource.id().isEmpty() && resource.type().equals(HEADER);
                if (!next.test(resource, inBlock)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new CliException("The file " + file.name() + " cannot be read: " + ExportLocator.reason(e) + ".");
        }
    }

    private static ResourceDigest resource(byte[] line, String where) {
        ResourceDigest resource;
        try {
            resource = ResourceDigest.of(line);
        } catch (FhirException e) {
            throw new CliException(where + " cannot be read: " + e.getMessage());
        }
        boolean needsNone = resource.type().equals(REPORT) || resource.type().equals(HEADER);
        if (resource.type().isEmpty() || (resource.id().isEmpty() && !needsNone)) {
            throw new CliException(
                    where + " cannot be read: it has no " + (resource.type().isEmpty() ? "resourceType" : "id") + ".");
        }
        return resource;
    }
}
