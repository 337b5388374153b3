package dev.sluice.export;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.export.ExportResult.FilterReport;
import dev.sluice.job.Job;
import dev.sluice.job.JobStatus;
import dev.sluice.job.Jobs;
import dev.sluice.output.ExportedFile;
import dev.sluice.output.UnitResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The files that an export has written, as far as clients can read them: all files of a completed export, and, with partial
 * manifests, those on the closed pages of one that runs. The lists of an export with many files are long, and clients ask for
 * the files one by one. Neither the result nor a closed page changes, so those that were read last stay in memory. Safe for
 * use by any number of threads.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#response---in-progress-status">Bulk Data IG, in
 *     progress</a>
 */
@Component
class ExportedFiles {
    /** What a file takes in memory, mostly its hash and its name. */
    private static final int BYTES_OF_FILE = 400;

    /** This part of the heap is used at most. */
    private static final int PART_OF_HEAP = 20;

    /** The page of the result of a completed export, which has all files. */
    private static final int ALL = 0;

    private final Jobs jobs;
    private final Cache<Key, ExportResult> recent = Caffeine.newBuilder()
            .maximumWeight(Runtime.getRuntime().maxMemory() / PART_OF_HEAP / BYTES_OF_FILE)
            .weigher((Key key, ExportResult files) -> 1
                    + files.output().size()
                    + files.deleted().size()
                    + files.error().size())
            .build();

    private record Key(UUID job, int page) {}

    /**
     * A file, and the list of the manifest that it is in.
     *
     * @param list {@code output}, {@code deleted} or {@code error}
     */
    record Listed(String list, ExportedFile file) {}

    /**
     * Some of the files of an export, in the order of the manifest.
     *
     * @param total the number of all files
     * @param bytes the size of all files before compression
     * @param filters as in {@link ExportResult}
     * @param dangling as in {@link ExportResult}
     */
    record Part(
            List<Listed> files,
            int total,
            long bytes,
            @Nullable List<FilterReport> filters,
            @Nullable Map<String, Long> dangling) {}

    ExportedFiles(Jobs jobs) {
        this.jobs = jobs;
    }

    /** The result of a completed export; a 404 problem if the export has just expired. */
    ExportResult result(Job job) {
        return read(job, ALL, () -> jobs.result(job.id()).map(ExportResult::of).orElse(null));
    }

    /**
     * Closes a page of the manifest of an export with partial manifests if there are new files, and returns the number of
     * pages. A page lists the files that became available after the previous page, and does not change any more.
     */
    int closePage(Job job) {
        return jobs.closePage(job.id(), result -> UnitResult.of(result).hasData());
    }

    /** The files on a closed page, which is counted from 1. Every page lists the error files of the first page. */
    UnitResult page(Job job, int number) {
        UnitResult page = closed(job, number).files();
        return number == 1 ? page : page.withError(closed(job, 1).files().error());
    }

    private ExportResult closed(Job job, int number) {
        return read(job, number, () -> {
            UnitResult page = UnitResult.of(jobs.page(job.id(), number));
            return new ExportResult(page.output(), page.deleted(), page.error(), null, null, null);
        });
    }

    private ExportResult read(Job job, int page, Supplier<@Nullable ExportResult> files) {
        ExportResult found = recent.get(new Key(job.id(), page), key -> files.get());
        if (found == null) {
            throw ExportJobs.unknown(job.id().toString());
        }
        return found;
    }

    /** The file with this name, if clients can read it. */
    Optional<ExportedFile> find(Job job, String name) {
        return parts(job)
                .map(part -> part.files().find(name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * A part of the files.
     *
     * @param after the number of files before it
     * @param count the largest number of files
     */
    Part part(Job job, int after, int count) {
        List<ExportResult> parts = parts(job).toList();
        List<Listed> all = Stream.of(
                        parts.stream().flatMap(part -> listed("output", part.output())),
                        parts.stream().flatMap(part -> listed("deleted", part.deleted())),
                        parts.stream().limit(1).flatMap(part -> listed("error", part.error())))
                .flatMap(files -> files)
                .toList();
        boolean complete = job.status() == JobStatus.COMPLETED;
        return new Part(
                all.stream().skip(after).limit(count).toList(),
                all.size(),
                all.stream().mapToLong(listed -> listed.file().bytes()).sum(),
                complete ? parts.get(0).filters() : null,
                complete ? parts.get(0).dangling() : null);
    }

    private static Stream<Listed> listed(String list, List<ExportedFile> files) {
        return files.stream().map(file -> new Listed(list, file));
    }

    /** The whole result, or the pages that are closed. */
    private Stream<ExportResult> parts(Job job) {
        return switch (job.status()) {
            case COMPLETED -> Stream.of(result(job));
            case ACCEPTED, RUNNING ->
                IntStream.rangeClosed(1, jobs.pages(job.id())).mapToObj(number -> closed(job, number));
            case FAILED, DISCARDED -> Stream.empty();
        };
    }
}
