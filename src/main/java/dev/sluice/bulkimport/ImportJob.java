package dev.sluice.bulkimport;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.VersionedJson;
import dev.sluice.job.Job;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * The payload of an import job: the requested files, each of which is a unit.
 *
 * @param url the kick-off's full URL, for the result
 * @param inputs the files
 * @param deletions whether lines may delete resources, as the client could when it started the job; null = they may, in a
 *     payload of an older version
 */
record ImportJob(String url, List<Input> inputs, @Nullable Boolean deletions) {
    /** The form of what an import writes down. */
    private static final int FORM = 1;

    ImportJob {
        Objects.requireNonNull(url);
        inputs = List.copyOf(inputs);
    }

    /**
     * A file to load. What may be secret in its URL, such as a signature in a query, is not kept.
     *
     * @param type the one type that it holds; null = any
     * @param url where it is, without query, fragment and user
     * @param etag the version of the blob that is requested; null = the current one
     */
    record Input(
            @Nullable String type, String url, @Nullable String etag) {
        private static final Pattern SECRETS = Pattern.compile("(?<=://)[^/@?#]*@|[?#].*", Pattern.DOTALL);

        Input {
            url = SECRETS.matcher(url).replaceAll("");
        }
    }

    /**
     * What became of a file. It is the result of a unit.
     *
     * @param type the one type that it holds; null = any
     * @param count how many of its lines are in the store now
     * @param errors how many are not
     * @param errorFile the name of the file that says why; null if there is none
     * @param outdated the number of accepted lines that were not added because a newer version existed
     * @param unresolved its references that name no resource of this server; null in a result of an older version
     */
    record Loaded(
            @Nullable String type,
            String url,
            long count,
            long errors,
            @Nullable String errorFile,
            long outdated,
            @Nullable List<UnresolvedReferences.Count> unresolved) {
        static Loaded of(Input input, LoadSummary summary, @Nullable String errorFile) {
            return new Loaded(
                    input.type(),
                    input.url(),
                    summary.loaded(),
                    summary.failed(),
                    errorFile,
                    summary.outdated(),
                    summary.unresolved());
        }

        String result() {
            return FhirJson.MAPPER.writeValueAsString(this);
        }

        static Loaded of(String result) {
            return VersionedJson.read(result, new TypeReference<>() {}, FORM, "result of the import");
        }

        /** What became of all files, from the result of the job. */
        static List<Loaded> all(String result) {
            return VersionedJson.read(result, new TypeReference<List<Loaded>>() {}, FORM, "result of the import");
        }
    }

    /** The import of a job; a problem if it was made by another version of Sluice that wrote it in another form. */
    static ImportJob of(Job job) {
        return of(job.id(), job.payload());
    }

    /** The same, from the payload of a job. */
    static ImportJob of(UUID job, String payload) {
        return VersionedJson.read(payload, new TypeReference<>() {}, FORM, "import " + job);
    }

    /** Whether lines may delete resources. */
    boolean deletes() {
        return deletions == null || deletions;
    }

    /** The FHIR base that the kick-off was sent to. */
    String base() {
        return url.substring(0, url.lastIndexOf('/'));
    }

    String payload() {
        return VersionedJson.write(this, FORM);
    }
}
