package dev.sluice.bulkimport;

import dev.sluice.blob.BlobException;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import dev.sluice.blob.StoredBlob;
import dev.sluice.bulkimport.ImportJob.Input;
import dev.sluice.fhir.FhirException;
import dev.sluice.job.Jobs;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Opens the files of an import. Only blobs of the configured storage and files below one folder are allowed.
 *
 * <p>It refuses paths that leave that folder by {@code ..} or a symbolic link.
 */
@Component
class ImportSources {
    private final BlobStore blobs;
    private final Jobs jobs;
    private final @Nullable Path root;

    ImportSources(BlobStore blobs, Jobs jobs, ImportSettings settings) {
        this.blobs = blobs;
        this.jobs = jobs;
        this.root = settings.folder();
    }

    /**
     * A file that is being read.
     *
     * @param bytes its size, as it is stored
     * @param version changes when the file changes
     */
    record Source(InputStream content, long bytes, String version) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            content.close();
        }
    }

    /**
     * Returns if the file can be read now; a problem that says why not otherwise.
     *
     * @param containers whether the client may name a container
     */
    void check(Input input, Predicate<String> containers) {
        try (Source source = open(input, 0, containers)) {
            source.content().available();
        } catch (BlobException e) {
            throw FhirException.of(
                    e.reason() == BlobException.Reason.TRANSIENT ? 503 : 400,
                    "processing",
                    "The file '" + input.url() + "' cannot be read: " + e.sentence(),
                    e);
        } catch (IOException e) {
            throw FhirException.of(400, "invalid", "The file '" + input.url() + "' cannot be read.", e);
        }
    }

    /**
     * Opens a file.
     *
     * @throws FhirException if it may not be read, does not exist, or is another version than was requested
     * @throws BlobException if the storage refuses or cannot be reached
     */
    Source open(Input input) throws IOException {
        return open(input, BlobStore.TO_THE_END, container -> true); // its kick-off was checked
    }

    private Source open(Input input, long length, Predicate<String> containers) throws IOException {
        URI url = url(input);
        Optional<BlobPath> blob = blobs.pathOf(url);
        if (blob.isPresent()) {
            return blob(input, blob.get(), length, containers);
        }
        if (!"file".equalsIgnoreCase(url.getScheme())) {
            throw FhirException.invalid(
                    "The url '" + input.url() + "' is not in the storage of this server; copy the file there first.");
        }
        if (input.etag() != null) {
            throw FhirException.invalid("The etag '" + input.etag() + "' is given for a file: URL; files have none.");
        }
        Path file = file(input, url);
        Optional<BlobPath> inside = blobs.pathOf(file.toUri()); // by a link, or by another name of a folder
        if (inside.isPresent()) {
            return blob(input, inside.get(), length, containers);
        }
        return new Source(
                Files.newInputStream(file), Files.size(file), Files.getLastModifiedTime(file) + " " + Files.size(file));
    }

    private Source blob(Input input, BlobPath path, long length, Predicate<String> containers) throws IOException {
        if (!containers.test(path.container())) {
            throw FhirException.of(
                    403,
                    "forbidden",
                    "The url '" + input.url() + "' is in the container '" + path.container()
                            + "', which this client may not use.");
        }
        if (isOwn(path.container())) {
            throw FhirException.of(
                    400,
                    "forbidden",
                    "The url '" + input.url() + "' is in a container that this server has created for itself and will"
                            + " delete; copy the file to another container first.");
        }
        if (path.container().equals(ContainerName.ANONYMIZATION)) { // a rule file may have keys, and errors quote lines
            throw FhirException.of(
                    403,
                    "forbidden",
                    "The url '" + input.url() + "' is in the container of rule files, which are not imported.");
        }
        StoredBlob blob;
        try {
            blob = blobs.open(path, 0, length);
        } catch (BlobException e) {
            if (e.reason() == BlobException.Reason.NOT_FOUND) {
                throw missing(input);
            }
            throw e;
        }
        if (input.etag() != null && !bare(input.etag()).equals(bare(blob.etag()))) {
            blob.close();
            throw FhirException.invalid("The file '" + input.url() + "' has the etag " + blob.etag() + ", not '"
                    + input.etag() + "': it was replaced. Give the new etag, or none.");
        }
        return new Source(blob.content(), blob.totalLength(), blob.etag());
    }

    /** An export of another store may be imported, though its container has such a name too. */
    private boolean isOwn(String container) {
        return ContainerName.isOwn(container)
                && ContainerName.export(container).map(jobs::exists).orElse(true);
    }

    private Path file(Input input, URI url) throws IOException {
        if (root == null) {
            throw FhirException.invalid(
                    "The url '" + input.url() + "' is a file of this server, and none may be read; set"
                            + " sluice.import.root to the folder that imports may read from.");
        }
        Path folder = root.toRealPath();
        Path file;
        try {
            file = Path.of(url).normalize();
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid("The url '" + input.url() + "' is no path of a file: " + e.getMessage());
        }
        if (!file.startsWith(folder) && !file.startsWith(root.toAbsolutePath().normalize())) {
            throw outside(input);
        }
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(folder)) {
                throw outside(input);
            }
            if (!Files.isRegularFile(real)) {
                throw FhirException.invalid("The url '" + input.url() + "' is not that of a file.");
            }
            return real;
        } catch (NoSuchFileException e) {
            throw missing(input);
        }
    }

    private static URI url(Input input) {
        try {
            return new URI(input.url());
        } catch (URISyntaxException e) {
            throw FhirException.invalid("The url '" + input.url() + "' is not valid: " + e.getReason() + ".");
        }
    }

    private static FhirException outside(Input input) {
        return FhirException.invalid(
                "The url '" + input.url() + "' is outside of the folder that sluice.import.root allows to read from.");
    }

    private static FhirException missing(Input input) {
        return FhirException.invalid("The file '" + input.url() + "' does not exist.");
    }

    /** An etag without its quotes: Azure's clients send it with them and without. */
    private static String bare(String etag) {
        return etag.replace("W/", "").replace("\"", "");
    }
}
