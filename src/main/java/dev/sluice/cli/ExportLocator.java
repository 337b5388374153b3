package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.bulkclient.ManifestLinks;
import dev.sluice.bulkclient.ManifestPage;
import dev.sluice.bulkclient.NdjsonInput;
import dev.sluice.bulkclient.ReceivedManifest;
import dev.sluice.bulkclient.ReceivedManifest.FileItem;
import dev.sluice.bulkclient.ServerSession;
import dev.sluice.bulkclient.TokenProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.function.IOFunction;
import org.jspecify.annotations.Nullable;

/** Finds the export that an argument names: by the URL of its manifest, a file, or a folder. */
final class ExportLocator {
    private static final String MANIFEST = "manifest.json";

    private final String place;
    private final @Nullable ServerSession server;
    private final ManifestLinks links;

    /** Whether the last manifest that was read again gave access to a file. A server may deny access to every file. */
    private boolean renewalHelps = true;

    /**
     * @param place the argument
     * @param bearerToken for the server of the manifest; may be empty
     */
    ExportLocator(String place, String bearerToken) {
        this(place, bearerToken, new ManifestLinks());
    }

    ExportLocator(String place, String bearerToken, ManifestLinks links) {
        this.place = place;
        this.links = links;
        this.server = ServerSession.isUrl(place) ? new ServerSession(place, TokenProvider.fixed(bearerToken)) : null;
    }

    /** The export whose manifest is at the place; its files are fetched by their URLs, or lie beside the manifest's file. */
    ExportSource export() {
        if (server != null) {
            return download(server);
        }
        Path path = path(place);
        Path file = Files.isDirectory(path) ? path.resolve(MANIFEST) : path;
        Map<String, ReceivedManifest> pages = pages(
                file.toString(),
                page -> Files.newInputStream(path(page)),
                (page, next) -> beside(file, next).toString());
        return new ExportSource(whole(pages), item -> plainOrCompressed(file, item));
    }

    /** The resources at the place, in files; a folder without a manifest is searched, with all folders below it. */
    List<NdjsonFile> files() {
        if (server != null) {
            return export().output();
        }
        Path path = path(place);
        if (Files.isDirectory(path)) {
            return Files.exists(path.resolve(MANIFEST)) ? export().output() : below(path);
        }
        return isNdjson(path) ? List.of(local(place, path)) : export().output();
    }

    /** What went wrong, without the file's name, which the sentence around it has. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "it does not exist";
        }
        if (e instanceof AccessDeniedException denied) {
            return "access is denied" + (denied.getReason() == null ? "" : " (" + denied.getReason() + ")");
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private ExportSource download(ServerSession server) {
        Map<String, ReceivedManifest> pages = pages(place, page -> server.open(page, true), ExportLocator::resolve);
        Map<FileItem, PagedItem> items = new HashMap<>();
        pages.forEach((url, received) -> {
            ManifestPage page = new ManifestPage(server, ServerSession.parse(url), received);
            for (int position = 0; position < received.items().size(); position++) {
                items.putIfAbsent(received.items().get(position), new PagedItem(page, position));
            }
        });
        return new ExportSource(
                whole(pages),
                item -> new NdjsonFile(
                        item.name(), storedBytes(item), () -> open(server, Objects.requireNonNull(items.get(item)))));
    }

    /** A manifest and all pages that it leads to, in their order. */
    private Map<String, ReceivedManifest> pages(
            String first, IOFunction<String, InputStream> source, BinaryOperator<String> following) {
        Map<String, ReceivedManifest> pages = new LinkedHashMap<>();
        int files = 0;
        String place = first;
        ReceivedManifest page = page(first, source);
        pages.put(first, page);
        while (page.next() != null) {
            files += page.items().size();
            ManifestLinks.requireFewFiles(files);
            String next = following.apply(place, page.next());
            links.follow(place, next);
            place = next;
            page = page(place, source);
            pages.put(place, page);
        }
        return pages;
    }

    private ReceivedManifest whole(Map<String, ReceivedManifest> pages) {
        ReceivedManifest whole =
                pages.values().stream().reduce(ReceivedManifest::with).orElseThrow();
        if (whole.views()) {
            throw new CliException("The export at " + place + " holds rows of views, not resources. This command reads"
                    + " resources only: give it an export that was started by $export.");
        }
        if (whole.items().stream().anyMatch(FileItem::isTable)) {
            throw new CliException(
                    "The export at " + place + " holds tables in Parquet. This command reads NDJSON only:"
                            + " give it an export that was started without _outputFormat.");
        }
        return whole;
    }

    private static ReceivedManifest page(String place, IOFunction<String, InputStream> source) {
        try (InputStream in = NdjsonInput.of(source.apply(place), false)) {
            byte[] json = in.readNBytes(ManifestLinks.LARGEST_PAGE + 1);
            if (json.length > ManifestLinks.LARGEST_PAGE) {
                throw new CliException(
                        "The manifest " + place + " is larger than " + ManifestLinks.LARGEST_PAGE + " bytes.");
            }
            return ReceivedManifest.parse(json, place);
        } catch (IOException e) {
            throw new CliException("The manifest " + place + " cannot be read: " + reason(e) + ".");
        }
    }

    private static String resolve(String page, String next) {
        try {
            return URI.create(page).resolve(next).toString();
        } catch (IllegalArgumentException e) {
            throw new CliException("The manifest has '" + next + "', which is not a URL.");
        }
    }

    /** An item of a page of the manifest. */
    private record PagedItem(ManifestPage page, int position) {
        InputStream open(ServerSession server) throws IOException {
            URI url;
            try {
                url = page.resolve(page.item(position).url());
            } catch (BulkClientException e) {
                throw new IOException(e.sentence().replaceAll("\\.$", ""), e);
            }
            return server.open(url.toString(), page.manifest().requiresAccessToken());
        }
    }

    /** A signed URL lives for minutes, a large export is read for hours: then the manifest gives a new one. */
    private InputStream open(ServerSession server, PagedItem item) throws IOException {
        String url = item.page().item(item.position()).url();
        try {
            return item.open(server);
        } catch (AccessDeniedException e) {
            if (!renewalHelps) {
                throw e;
            }
            renewalHelps = false;
            if (!isRenewed(item, url)) {
                throw e;
            }
            InputStream file = item.open(server);
            renewalHelps = true;
            return file;
        }
    }

    private static boolean isRenewed(PagedItem item, String url) throws IOException {
        try {
            return item.page().renew(item.position(), url);
        } catch (BulkClientException e) {
            return false;
        }
    }

    private static NdjsonFile plainOrCompressed(Path manifest, FileItem item) {
        Path plain = beside(manifest, item.url());
        Path compressed = plain.resolveSibling(plain.getFileName() + ".gz");
        return local(item.name(), !Files.exists(plain) && Files.exists(compressed) ? compressed : plain);
    }

    private static NdjsonFile local(String name, Path file) {
        return new NdjsonFile(name, file.toFile().length(), () -> Files.newInputStream(file));
    }

    private static long storedBytes(FileItem item) {
        Long size = item.storedBytes() == null ? item.bytes() : item.storedBytes();
        return size == null ? -1 : size;
    }

    /** What a manifest names by a URL lies beside it, under the name at the end of the URL. */
    private static Path beside(Path manifest, String url) {
        String name = ReceivedManifest.nameIn(url);
        if (name.isEmpty() || name.equals("..") || name.contains("\\")) {
            throw new CliException("The manifest " + manifest + " has '" + url + "', which names no file.");
        }
        return manifest.resolveSibling(name);
    }

    private static List<NdjsonFile> below(Path folder) {
        try (Stream<Path> all = Files.walk(folder.toRealPath())) {
            Path root = folder.toRealPath();
            List<NdjsonFile> files = all.filter(file -> isNdjson(file) && Files.isRegularFile(file))
                    .sorted()
                    .map(file -> local(root.relativize(file).toString(), file))
                    .toList();
            if (files.isEmpty()) {
                throw new CliException("The folder " + folder + " holds no *.ndjson and no " + MANIFEST + ".");
            }
            return files;
        } catch (IOException e) {
            throw new CliException("The folder " + folder + " cannot be read: " + reason(e) + ".");
        }
    }

    private static boolean isNdjson(Path file) {
        return file.toString().endsWith(".ndjson") || file.toString().endsWith(".ndjson.gz");
    }

    private static Path path(String place) {
        try {
            return Path.of(place).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new CliException("'" + place + "' is neither a URL nor a path.");
        }
    }
}
