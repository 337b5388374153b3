package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds what an argument means: a manifest's URL, a file, or a folder. */
final class Exports {
    private static final String MANIFEST = "manifest.json";

    private final Downloads downloads;

    Exports(Downloads downloads) {
        this.downloads = downloads;
    }

    /** The export whose manifest is here; its files are fetched by their URLs, or lie beside the manifest's file. */
    Export at(String place) {
        if (Downloads.isUrl(place)) {
            Manifest manifest = download(place);
            return new Export(place, manifest, item -> new NdjsonFile(item.name(), () -> open(place, manifest, item)));
        }
        Path path = path(place);
        Path file = Files.isDirectory(path) ? path.resolve(MANIFEST) : path;
        try {
            Manifest manifest = Manifest.parse(Files.readAllBytes(file), file.toString());
            return new Export(place, manifest, item -> beside(file, item));
        } catch (IOException e) {
            throw new Unreadable("The manifest " + file + " cannot be read: " + reason(e) + ".");
        }
    }

    /** The resources at a place, in files; a folder without a manifest is searched, with all folders below it. */
    List<NdjsonFile> files(String place) {
        if (Downloads.isUrl(place)) {
            return at(place).output();
        }
        Path path = path(place);
        if (Files.isDirectory(path)) {
            return Files.exists(path.resolve(MANIFEST)) ? at(place).output() : below(path);
        }
        return isNdjson(path)
                ? List.of(new NdjsonFile(place, () -> Files.newInputStream(path)))
                : at(place).output();
    }

    /** What went wrong, without the file's name, which the sentence around it has. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "it is not there";
        }
        if (e instanceof AccessDeniedException denied) {
            return "access is denied" + (denied.getReason() == null ? "" : " (" + denied.getReason() + ")");
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private Manifest download(String url) {
        try (InputStream in = downloads.open(url, true)) {
            return Manifest.parse(in.readAllBytes(), url);
        } catch (IOException e) {
            throw new Unreadable("The manifest " + url + " cannot be read: " + reason(e) + ".");
        }
    }

    /** A signed URL lives for minutes, a large export is read for hours: then the manifest gives a new one. */
    private InputStream open(String place, Manifest manifest, Manifest.Item item) throws IOException {
        try {
            return downloads.open(item.url(), manifest.requiresAccessToken());
        } catch (AccessDeniedException e) {
            Manifest anew = download(place);
            int position = manifest.items().indexOf(item);
            if (anew.items().size() != manifest.items().size()) {
                throw e;
            }
            return downloads.open(anew.items().get(position).url(), anew.requiresAccessToken());
        }
    }

    private static NdjsonFile beside(Path manifest, Manifest.Item item) {
        String name = item.name();
        if (name.isEmpty() || name.equals("..") || name.contains("\\")) {
            throw new Unreadable("The manifest " + manifest + " has '" + item.url() + "', which names no file.");
        }
        Path plain = manifest.resolveSibling(name);
        Path packed = manifest.resolveSibling(name + ".gz");
        return new NdjsonFile(
                name, () -> Files.newInputStream(!Files.exists(plain) && Files.exists(packed) ? packed : plain));
    }

    private static List<NdjsonFile> below(Path folder) {
        try (Stream<Path> all = Files.walk(folder.toRealPath())) {
            Path root = folder.toRealPath();
            List<NdjsonFile> files = all.filter(file -> isNdjson(file) && Files.isRegularFile(file))
                    .sorted()
                    .map(file -> new NdjsonFile(root.relativize(file).toString(), () -> Files.newInputStream(file)))
                    .toList();
            if (files.isEmpty()) {
                throw new Unreadable("The folder " + folder + " holds no *.ndjson and no " + MANIFEST + ".");
            }
            return files;
        } catch (IOException e) {
            throw new Unreadable("The folder " + folder + " cannot be read: " + reason(e) + ".");
        }
    }

    private static boolean isNdjson(Path file) {
        return file.toString().endsWith(".ndjson") || file.toString().endsWith(".ndjson.gz");
    }

    private static Path path(String place) {
        try {
            return Path.of(place).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new Unreadable("'" + place + "' is neither a URL nor a path.");
        }
    }
}
