package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.cli.FileImport.State;
import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code import}: sends files to a server, several at the same time. */
@Command(
        name = "import",
        description = {
            "Sends files with resources to a server: NDJSON (*.ndjson) and Bundles or single resources (*.json), also",
            "compressed by gzip. A line that the server refuses is named; the others are loaded."
        },
        footer = {"", SluiceCommand.EXIT_CODES})
final class ImportCommand implements Callable<Integer> {
    /** Bad lines of a file that are printed for people. */
    private static final int NAMED = 20;

    @Mixin
    private final ServerOptions server;

    @Mixin
    private CommandOutput out = new CommandOutput();

    @Parameters(
            arity = "1..*",
            paramLabel = "<file>",
            description = "Files, folders, or patterns such as 'data/*.ndjson'.")
    private List<String> places = List.of();

    @Option(
            names = "--parallel",
            paramLabel = "<number>",
            defaultValue = "4",
            description = "How many files are sent at the same time; 4 by default. With 1, they are sent in order.")
    private int parallel;

    @Option(
            names = "--state-file",
            paramLabel = "<file>",
            description = "Remembers in this file what is loaded, so that the same command goes on where it was.")
    private @Nullable Path stateFile;

    ImportCommand(Clock clock) {
        this.server = new ServerOptions(clock);
    }

    /** Prints a line for each file, and the sum; 0 if all is loaded, 1 if lines or files are not, 2 if the server takes nothing. */
    @Override
    public Integer call() throws InterruptedException {
        if (parallel < 1) {
            throw new CliException("--parallel must be at least 1.");
        }
        List<Path> files = ImportFiles.find(places);
        ServerConnection connection = server.connect(out);
        List<List<FileImport>> stages = new ArrayList<>();
        @Nullable BulkClientException refusal;
        try (ImportRecord record = ImportRecord.open(stateFile, connection.base());
                ProgressLine progress = new ProgressLine(out.progress(), "Importing", size(files))) {
            for (List<Path> stage : ImportFiles.stages(files)) {
                stages.add(stage.stream()
                        .map(file -> new FileImport(file, connection, record))
                        .toList());
            }
            refusal = run(stages, progress);
        }
        List<FileImport> imports = stages.stream().flatMap(List::stream).toList();
        ImportCounts total = new ImportCounts();
        imports.forEach(each -> total.add(each.counts()));
        out.line("Total: " + total + ".");
        out.document(json -> {
            json.put("server", connection.base().toString());
            imports.stream().map(FileImport::json).forEach(json.putArray("files")::add);
            total.describe(json.putObject("total"));
        });
        if (refusal != null) {
            out.note(refusal.sentence());
            return 2;
        }
        return imports.stream().anyMatch(each -> each.state() == State.INCOMPLETE) || total.get("failed") > 0 ? 1 : 0;
    }

    /** Returns why the server takes nothing more, if that is so. */
    private @Nullable BulkClientException run(List<List<FileImport>> stages, ProgressLine progress)
            throws InterruptedException {
        AtomicReference<@Nullable BulkClientException> refusal = new AtomicReference<>();
        ExecutorService threads = Executors.newFixedThreadPool(parallel);
        try {
            boolean complete = true;
            for (List<FileImport> stage : stages) {
                List<Future<?>> running = new ArrayList<>();
                for (FileImport each : stage) {
                    Runnable task = complete ? () -> send(each, progress, refusal) : each::hold;
                    running.add(threads.submit(task));
                }
                for (int i = 0; i < running.size(); i++) {
                    await(running.get(i));
                    stage.get(i).print(out, NAMED);
                }
                // After a refusal by the server, that is the reason.
                complete &= refusal.get() != null || stage.stream().noneMatch(each -> each.state() == State.INCOMPLETE);
            }
        } finally {
            threads.shutdownNow();
        }
        return refusal.get();
    }

    private static void send(
            FileImport each, ProgressLine progress, AtomicReference<@Nullable BulkClientException> refusal) {
        if (refusal.get() == null) {
            try {
                each.run(progress);
            } catch (BulkClientException e) {
                refusal.compareAndSet(null, e);
            }
        }
    }

    private static void await(Future<?> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static long size(List<Path> files) {
        return files.stream().map(Path::toFile).mapToLong(File::length).sum();
    }
}
