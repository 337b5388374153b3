package dev.sluice.cli;

import dev.sluice.bulkclient.NdjsonInput;
import dev.sluice.bulkclient.ReceivedManifest;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.function.IOFunction;
import org.jspecify.annotations.Nullable;

/** Finds the export that an argument names: by the URL of its manifest, a file, or a folder. */
final class ExportLocator {
    private static final String MANIFEST = "manifest.json";

    /** More pages are no export, but a server that goes on for ever. */
    private static final int MOST_PAGES = 10_000;

    /** In bytes; about 100,000 files. */
    private static final int LARGEST_PAGE = 32 << 20;

    /** On all pages together; a hundred times the largest export that is known. */
    private static final int MOST_FILES = 1_000_000;

    private final String place;
    private final @Nullable ServerSession server;
    private final int mostPages;

    /** Whether the last manifest that was read again gave access to a file. A server may deny access to every file. */
    private boolean renewalHelps = true;

    /**
     * @param place the argument
     * @param bearerToken for the server of the manifest; may be empty
     */
    ExportLocator(String place, String bearerToken) {
        this(place, bearerToken, MOST_PAGES);
    }

    ExportLocator(String place, String bearerToken, int mostPages) {
        this.place = place;
        this.mostPages = mostPages;
        this.server = ServerSession.isUrl(place) ? new ServerSession(place, TokenProvider.fixed(bearerToken)) : null;
    }

    /** The export whose manifest is at the place; its files are fetched by their URLs, or lie beside the manifest's file. */
    ExportSource export() {
        if (server != null) {
            ReceivedManifest manifest = download(server);
            return new ExportSource(
                    manifest,
                    item -> new NdjsonFile(item.name(), storedBytes(item), () -> open(server, manifest, item)));
        }
        Path path = path(place);
        Path file = Files.isDirectory(path) ? path.resolve(MANIFEST) : path;
        ReceivedManifest manifest = pages(
                file.toString(),
                page -> Files.newInputStream(path(page)),
                (page, next) -> beside(file, next).toString());
        return new ExportSource(manifest, item -> plainOrCompressed(file, item));
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

    private ReceivedManifest download(ServerSession server) {
        return pages(place, page -> server.open(page, true), ExportLocator::resolve);
    }

    /** A manifest and all pages that it leads to, as one. */
    private ReceivedManifest pages(
            String first, IOFunction<String, InputStream> pages, BinaryOperator<String> following) {
        ReceivedManifest all = page(first, pages);
        Set<String> seen = new HashSet<>(Set.of(first));
        String place = first;
        while (all.next() != null) {
            place = following.apply(place, all.next());
            if (!seen.add(place)) {
                throw new CliException("The pages of the manifest " + first + " lead back to " + place + ".");
            }
            if (seen.size() > mostPages || all.items().size() > MOST_FILES) {
                throw new CliException("The manifest " + first + " has more than " + mostPages + " pages or "
                        + MOST_FILES + " files; it is not read to its end.");
            }
            all = all.with(page(place, pages));
        }
        return all;
    }

    private static ReceivedManifest page(String place, IOFunction<String, InputStream> pages) {
        try (InputStream in = NdjsonInput.of(pages.apply(place), false)) {
            byte[] json = in.readNBytes(LARGEST_PAGE + 1);
            if (json.length > LARGEST_PAGE) {
                throw new CliException("The manifest " + place + " is larger than " + LARGEST_PAGE + " bytes.");
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

    /** A signed URL lives for minutes, a large export is read for hours: then the manifest gives a new one. */
    private InputStream open(ServerSession server, ReceivedManifest manifest, ReceivedManifest.FileItem item)
            throws IOException {
        try {
            return server.open(item.url(), manifest.requiresAccessToken());
        } catch (AccessDeniedException e) {
            if (!renewalHelps) {
                throw e;
            }
            renewalHelps = false;
            ReceivedManifest renewed = download(server);
            int position = manifest.items().indexOf(item);
            if (renewed.items().size() != manifest.items().size()) {
                throw e;
            }
            InputStream file = server.open(renewed.items().get(position).url(), renewed.requiresAccessToken());
            renewalHelps = true;
            return file;
        }
    }

    private static NdjsonFile plainOrCompressed(Path manifest, ReceivedManifest.FileItem item) {
        Path plain = beside(manifest, item.url());
        Path compressed = plain.resolveSibling(plain.getFileName() + ".gz");
        return local(item.name(), !Files.exists(plain) && Files.exists(compressed) ? compressed : plain);
    }

    private static NdjsonFile local(String name, Path file) {
        return new NdjsonFile(name, file.toFile().length(), () -> Files.newInputStream(file));
    }

    private static long storedBytes(ReceivedManifest.FileItem item) {
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
