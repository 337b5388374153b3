package dev.sluice.cli;

import dev.sluice.bulkclient.ReceivedManifest;
import dev.sluice.cli.TerminalOutput.Color;
import dev.sluice.comparison.KeyHashIndex;
import dev.sluice.fhir.Plural;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/**
 * The command {@code verify}: compares the files of an export with its manifest.
 *
 * <p>Streams: one line is in memory at a time, and 22 to 27 bytes for each resource, to find those that come twice (see
 * {@link KeyHashIndex}).
 */
@Command(
        name = "verify",
        description = "Holds an export to its manifest: lines, bytes, SHA-256, nothing twice.",
        footer = {"", SluiceCommand.EXIT_CODES})
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private CommandOutput out = new CommandOutput();

    @Parameters(
            paramLabel = "<export>",
            description = "The URL of a manifest, a file with a manifest, or a folder with a manifest.json.")
    private String place = "";

    @Option(
            names = "--token-file",
            paramLabel = "<file>",
            description =
                    "A file with the bearer token for the server of the manifest; by default the variable FHIR_TOKEN.")
    private @Nullable Path bearerTokenFile;

    private final KeyHashIndex keys = new KeyHashIndex();

    /** Prints a line for each file and a summary; 0 if all is true, 1 if something is not, 2 if it cannot be told. */
    @Override
    public Integer call() {
        ExportSource export = new ExportLocator(place, BearerToken.read(bearerTokenFile, "FHIR_TOKEN")).export();
        List<FileCheck> checks = check(export);
        long different = count(checks, FileCheck.FileVerdict.DIFFERS);
        long unreadable = count(checks, FileCheck.FileVerdict.UNREADABLE);
        String summary = summary(checks, different, unreadable);
        int colon = summary.indexOf(':');
        Color color = different + unreadable > 0 ? Color.RED : Color.GREEN;
        out.line(color, summary.substring(0, colon), summary.substring(colon));
        out.document(json -> {
            json.put("export", place).put("result", different > 0 ? "false" : unreadable > 0 ? "unknown" : "true");
            json.put("differing", different).put("unreadable", unreadable);
            json.put("lines", checks.stream().mapToLong(FileCheck::lines).sum());
            json.put("bytes", checks.stream().mapToLong(FileCheck::bytes).sum());
            ArrayNode files = json.putArray("files");
            checks.forEach(check -> files.add(check.json()));
        });
        return different > 0 ? 1 : unreadable > 0 ? 2 : 0;
    }

    private List<FileCheck> check(ExportSource export) {
        List<FileCheck> checks = new ArrayList<>();
        Map<String, String> continued = new HashMap<>();
        try (ProgressLine progress = new ProgressLine(out.progress(), "Verifying", export.size())) {
            for (ReceivedManifest.FileItem item : export.manifest().items()) {
                FileCheck check = new FileCheck(item, export.manifest(), keys, continued.get(item.name()));
                check.read(export.file(item), progress);
                if (item.continuesIn() != null) {
                    continued.put(ReceivedManifest.nameIn(item.continuesIn()), check.lastHead());
                }
                check.print(out);
                checks.add(check);
            }
        }
        return checks;
    }

    private static String summary(List<FileCheck> checks, long different, long unreadable) {
        long lines = checks.stream().mapToLong(FileCheck::lines).sum();
        long bytes = checks.stream().mapToLong(FileCheck::bytes).sum();
        String read = Plural.of(checks.size(), "file") + ", " + Plural.of(lines, "line") + ", "
                + Plural.of(bytes, "byte") + ".";
        if (different > 0) {
            return "NOT TRUE: " + different + " differ and " + unreadable + " cannot be read, of " + read;
        }
        return unreadable > 0 ? "NOT KNOWN: " + unreadable + " cannot be read, of " + read : "TRUE: " + read;
    }

    private static long count(List<FileCheck> checks, FileCheck.FileVerdict verdict) {
        return checks.stream().filter(check -> check.verdict() == verdict).count();
    }
}
