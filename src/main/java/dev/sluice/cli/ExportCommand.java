package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.bulkclient.BulkExport;
import dev.sluice.bulkclient.BulkRequest;
import dev.sluice.bulkclient.DownloadedFile;
import dev.sluice.bulkclient.ExportChain;
import dev.sluice.bulkclient.ExportFolder;
import dev.sluice.bulkclient.RequestRetries;
import dev.sluice.bulkclient.ServerSession;
import dev.sluice.cli.TerminalOutput.Color;
import dev.sluice.fhir.Plural;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code export}: exports from any Bulk Data server to a folder. */
@Command(
        name = "export",
        description = {
            "Exports from a Bulk Data server to a folder, and compares the files with the manifest.",
            "If it is interrupted, the same command goes on with the same export."
        },
        footer = {"", SluiceCommand.EXIT_CODES})
final class ExportCommand implements Callable<Integer> {
    /** After Ctrl-C, the server has so long to cancel the export. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(10);

    private final Clock clock;

    @Mixin
    private final ServerOptions server;

    @Mixin
    private ExportRequestOptions what = new ExportRequestOptions();

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Option(
            names = "--output",
            paramLabel = "<folder>",
            defaultValue = "export",
            description = "The folder for the files, 'export' by default; it is created.")
    private Path folder = Path.of("export");

    @Option(
            names = "--chain",
            description =
                    "Each run makes a folder 000001, 000002, ... in the folder, with what changed since the last.")
    private boolean chained;

    @Option(
            names = "--parallel",
            paramLabel = "<number>",
            defaultValue = "4",
            description = "How many files are downloaded at the same time; 4 by default.")
    private int parallel;

    @Option(
            names = "--retry-for",
            paramLabel = "<minutes>",
            defaultValue = "10",
            description = "How long faults that can pass are tried again; 10 by default.")
    private int patience;

    @Option(
            names = "--send-token-to",
            paramLabel = "<url>",
            description = "Another server that gets the token, if files are there; several times for more.")
    private Set<String> trusted = Set.of();

    @Option(names = "--restart", description = "Begin again, and remove what an earlier run has left in the folder.")
    private boolean restart;

    @Option(names = "--delete", description = "Delete the export on the server when all files are here.")
    private boolean delete;

    @Option(names = "--cancel-on-interrupt", description = "Ctrl-C also cancels the export on the server.")
    private boolean cancels;

    ExportCommand(Clock clock) {
        this.clock = clock;
        this.server = new ServerOptions(clock);
    }

    /** 0 if all files are there and as the manifest states, 1 if a file is not, 2 if there is no result. */
    @Override
    public Integer call() {
        if (parallel < 1 || patience < 0) {
            throw new CliException("--parallel must be at least 1, and --retry-for at least 0.");
        }
        BulkRequest request = what.request();
        ServerSession session = server.session(trusted);
        @Nullable ExportChain chain = chained ? ExportChain.open(folder) : null;
        String since = what.since();
        if (chain != null) {
            chain.require(session.base().toString(), request);
            since = chain.since() == null ? since : chain.since();
        }
        try (ExportFolder open = ExportFolder.open(chain == null ? folder : chain.next())) {
            if (restart) {
                open.clear();
            }
            BulkExport.Result result = run(session, open, request, since);
            if (chain != null && result.faulty().isEmpty()) {
                chain.add(result.state());
            }
            if (chain == null || !result.before()) {
                return print(open.path(), result);
            }
        }
        return call(); // the last run was killed when its export was complete: this one makes the next
    }

    private BulkExport.Result run(
            ServerSession session, ExportFolder open, BulkRequest request, @Nullable String since) {
        BulkExport export = export(session, open, Duration.ofMinutes(patience));
        InterruptHook hook = new InterruptHook(() -> interrupt(session, open));
        try (hook) {
            BulkExport.Result result = export.run(request, since);
            if (delete && result.faulty().isEmpty()) {
                export.delete();
            }
            return result;
        } catch (BulkClientException e) {
            throw new CliException(hook.isRunning() ? "The command ends." : e.sentence() + advice(e, open));
        } finally {
            out.progress().show("");
        }
    }

    private BulkExport export(ServerSession session, ExportFolder open, Duration patience) {
        return new BulkExport(
                session, open, new RequestRetries(patience, new ExportProgress(out.progress()), clock), parallel);
    }

    private void interrupt(ServerSession session, ExportFolder open) {
        Optional<ExportFolder.State> state = open.state().filter(known -> known.job() != null);
        if (state.isEmpty()) {
            return;
        }
        if (cancels ? !open.cancel() : state.get().complete()) {
            out.note("Interrupted. The export in " + open.path() + " is complete.");
            return;
        }
        if (!cancels) {
            out.note("Interrupted. The same command goes on with the export "
                    + state.get().job() + ".");
            return;
        }
        try {
            export(session, open, CANCEL_PATIENCE).delete();
            open.clear();
            out.note("Interrupted. The export is cancelled on the server.");
        } catch (BulkClientException e) {
            out.note("Interrupted. The export goes on at the server: " + e.sentence());
        }
    }

    private static String advice(BulkClientException e, ExportFolder open) {
        if (open.state().map(ExportFolder.State::job).isEmpty()) {
            return "";
        }
        return switch (e.kind()) {
            case TEMPORARY, DENIED -> " The same command goes on with what is here.";
            case NOT_FOUND -> " Begin again with --restart.";
            case FAILED -> " The same command tries to go on; with --restart it begins again.";
        };
    }

    private int print(Path place, BulkExport.Result result) {
        List<DownloadedFile> files = result.files();
        List<DownloadedFile> faulty = result.faulty();
        for (DownloadedFile file : faulty) {
            out.line(
                    Color.RED,
                    "DIFFERS",
                    "     " + file.item().list() + "/" + file.name() + ": " + String.join("; ", file.faults()));
        }
        for (DownloadedFile file : files) {
            if (file.item().list().equals("error") && file.lines() > 0) {
                out.note("The server reports " + Plural.of(file.lines(), "issue") + ", in " + file.name() + ".");
            }
        }
        long lines = files.stream().mapToLong(DownloadedFile::lines).sum();
        long bytes = files.stream().mapToLong(DownloadedFile::bytes).sum();
        if (!faulty.isEmpty()) {
            out.line("Not as the manifest states: " + faulty.size() + " of " + Plural.of(files.size(), "file")
                    + ", not in " + place + "; the same command downloads them again.");
        } else if (result.before()) {
            out.line("The export in " + place
                    + " is complete already. Name another folder, or begin again with --restart.");
        } else {
            out.line(
                    Color.GREEN,
                    "DONE",
                    ": " + Plural.of(files.size(), "file") + ", " + Plural.of(lines, "line") + ", "
                            + ProgressLine.size(bytes) + " in " + place + ", as of "
                            + result.state().transactionTime() + ".");
        }
        out.document(json -> document(json.put("folder", place.toString()), result));
        return faulty.isEmpty() ? 0 : 1;
    }

    private static void document(ObjectNode json, BulkExport.Result result) {
        json.put("server", result.state().server());
        json.put("request", result.state().request());
        json.put("since", result.state().since());
        json.put("job", result.state().job());
        json.put("transactionTime", result.state().transactionTime());
        json.put("complete", result.faulty().isEmpty());
        json.put("completeBefore", result.before());
        ArrayNode files = json.putArray("files");
        for (DownloadedFile file : result.files()) {
            ObjectNode item = files.addObject()
                    .put("list", file.item().list())
                    .put("type", file.item().type())
                    .put("name", file.name())
                    .put("lines", file.lines())
                    .put("bytes", file.bytes());
            file.faults().forEach(item.putArray("faults")::add);
        }
    }
}
