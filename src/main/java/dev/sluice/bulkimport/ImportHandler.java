package dev.sluice.bulkimport;

import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import dev.sluice.bulkimport.ImportJob.Input;
import dev.sluice.bulkimport.ImportJob.Loaded;
import dev.sluice.bulkimport.ImportSources.Source;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.Job;
import dev.sluice.job.JobFailure;
import dev.sluice.job.JobHandler;
import dev.sluice.job.JobStatus;
import dev.sluice.job.UnitContext;
import dev.sluice.monitor.JobDescriber;
import dev.sluice.monitor.JobDescription;
import dev.sluice.web.BaseUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Runs an import of files as a job: each file is a unit. A unit that runs again writes no line that it has written before,
 * unless the file has changed: it records how far it is in the transaction of each batch.
 */
@Component
class ImportHandler implements JobHandler, JobDescriber {
    static final String KIND = "import";

    /** More files are not listed in the description of a job. */
    private static final int MOST_FILES = 20;

    private final NdjsonLoader loader;
    private final ImportSources sources;
    private final BlobStore blobs;
    private final BaseUrl base;

    ImportHandler(NdjsonLoader loader, ImportSources sources, BlobStore blobs, BaseUrl base) {
        this.loader = loader;
        this.sources = sources;
        this.blobs = blobs;
        this.base = base;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Plan plan(Job job) throws Exception {
        List<Input> inputs = ImportJob.of(job).inputs();
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            try (Source source = sources.open(inputs.get(i))) {
                String type = inputs.get(i).type();
                Part part = new Part(source.bytes(), null);
                units.add(new Unit(Integer.toString(i), part.bytes(), Map.of(type == null ? "any type" : type, part)));
            }
        }
        return new Plan("", units); // each unit finds its file in the request
    }

    @Override
    public String run(Job job, String plan, String unit, UnitContext context) throws Exception {
        int index = Integer.parseInt(unit);
        Input input = ImportJob.of(job).inputs().get(index);
        try (Source source = sources.open(input);
                ImportErrors errors =
                        new ImportErrors(blobs, ImportErrors.path(job.id(), ImportErrors.name(index)), input.url())) {
            LoadSummary summary = load(job, input, source, errors, context);
            context.written(summary.loaded());
            context.checkLease();
            return Loaded.of(input, summary, errors.commit()).result();
        } catch (FhirException e) {
            throw failure(input, e, "");
        }
    }

    /** If it fails for good, the bad lines up to there can be read by the owner of the job. */
    private LoadSummary load(Job job, Input input, Source source, ImportErrors errors, UnitContext context)
            throws Exception {
        BoundedInputStream content =
                BoundedInputStream.builder().setInputStream(source.content()).get();
        LoadOptions options = options(ImportJob.of(job), input);
        LoadCheckpoint start = LoadCheckpoint.of(context.checkpoint(), source.version());
        try {
            return loader.load(content, options, start, new NdjsonLoadListener() {
                @Override
                public void badLine(LineError line) {
                    errors.add(line);
                }

                @Override
                public void reached(LoadCheckpoint checkpoint) {
                    context.recordCheckpoint(checkpoint.text());
                }

                @Override
                public void progress() {
                    context.check();
                    context.progress(content.getCount());
                }
            });
        } catch (FhirException e) {
            if (e.status() == 503) {
                throw e;
            }
            context.checkLease();
            String file = errors.commit();
            throw failure(
                    input,
                    e,
                    file == null
                            ? ""
                            : " The bad lines are in errors/" + file
                                    + " below the URL of the import's status, which only" + " its client can read.");
        }
    }

    /** The end of the job: others than its owner see the sentence, so that it must quote no line. */
    private static Exception failure(Input input, FhirException cause, String more) {
        return cause.status() == 503 // such as no memory for a large line now
                ? cause
                : new JobFailure(
                        "The file '" + input.url() + "' cannot be loaded: " + cause.getMessage() + more, cause);
    }

    private LoadOptions options(ImportJob load, Input input) {
        ResourceType only = input.type() == null ? null : ResourceType.of(input.type());
        return new LoadOptions(only, ImportMeta.KEEP, base.own(load.base()), load.deletes());
    }

    @Override
    public String finish(Job job, String plan, List<String> results, Runnable checkLease) {
        return FhirJson.MAPPER.writeValueAsString(
                results.stream().map(Loaded::of).toList());
    }

    @Override
    public Optional<JobDescription> describe(UUID job, String payload, @Nullable String output) {
        try {
            ImportJob load = ImportJob.of(job, payload);
            List<String> urls = load.inputs().stream().map(Input::url).toList();
            String text = urls.size() == 1 ? urls.get(0) : urls.size() + " files, the first one is " + urls.get(0);
            return Optional.of(new JobDescription(
                    "files",
                    null,
                    "$import",
                    load.url(),
                    Map.of("input", urls.subList(0, Math.min(MOST_FILES, urls.size()))),
                    Set.of(),
                    text,
                    false));
        } catch (FhirException e) {
            return Optional.empty();
        }
    }

    /** What was loaded stays; only the lists of bad lines go. Those of a failed job stay to the end of its retention. */
    @Override
    public void erase(Job job) {
        if (job.status() != JobStatus.FAILED) {
            blobs.deletePrefix(ContainerName.IMPORT_ERRORS, job.id().toString());
        }
    }
}
