package dev.sluice.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The jar of the server, unpacked to a temporary folder, with a class loader of its own. Its parent has the classes of the
 * JDK only, so the libraries of the server and those of Spark never meet, whatever their versions are.
 */
final class ServerJar implements AutoCloseable {
    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    private final Path folder;
    private final URLClassLoader loader;

    /** What belongs to the classes but is not among them, such as the names of what Spring starts. */
    private static final String META = "META-INF/";

    /** Of the jar's own loader, which is not used here. */
    private static final String LOADER_SERVICES = "META-INF/services/";

    private ServerJar(Path folder, URLClassLoader loader) {
        this.folder = folder;
        this.loader = loader;
    }

    /** Unpacks a jar. */
    static ServerJar open(Path jar) {
        try {
            Path folder = Files.createTempDirectory("sluice-");
            List<Path> libraries = unpack(jar, folder);
            List<URL> urls = new ArrayList<>(List.of(url(folder.resolve(CLASSES))));
            for (Path library : libraries) {
                urls.add(url(library));
            }
            return new ServerJar(
                    folder, new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
        } catch (IOException e) {
            throw new UncheckedIOException("The jar of the server, '" + jar + "', cannot be unpacked", e);
        }
    }

    /** Returns the libraries, in the order of the jar. */
    private static List<Path> unpack(Path jar, Path folder) throws IOException {
        List<Path> libraries = new ArrayList<>();
        Files.createDirectories(folder.resolve(CLASSES));
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                boolean library = entry.getName().startsWith(LIBRARIES);
                boolean meta =
                        entry.getName().startsWith(META) && !entry.getName().startsWith(LOADER_SERVICES);
                if (entry.isDirectory() || !library && !meta && !entry.getName().startsWith(CLASSES)) {
                    continue;
                }
                Path file = folder.resolve(meta ? CLASSES + entry.getName() : entry.getName())
                        .normalize();
                if (!file.startsWith(folder)) {
                    throw new IOException("'" + entry.getName() + "' is a path out of the jar");
                }
                Files.createDirectories(file.getParent());
                Files.copy(zip.getInputStream(entry), file);
                if (library) {
                    libraries.add(file);
                }
            }
        }
        if (libraries.isEmpty()) {
            throw new IOException("it has no " + LIBRARIES + ", so it is not sluice.jar");
        }
        return libraries;
    }

    /** The URL of a file, or of a folder, which exists: only then does it end with a slash, as a class loader needs it. */
    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }

    ClassLoader loader() {
        return loader;
    }

    @Override
    public void close() {
        try {
            loader.close();
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException fault) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("The folder '" + folder + "' cannot be deleted", e);
        }
    }
}
