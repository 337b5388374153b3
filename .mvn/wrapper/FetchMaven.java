import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Downloads Maven, compares its SHA-512 with the known one, and unpacks it. Run by mvnw and mvnw.cmd as a source file, so
 * that no system needs curl, unzip or a checksum tool.
 *
 * <p>The target folder appears complete or not at all: two builds that start together do no harm to each other.
 */
final class FetchMaven {
    private static final int TIMEOUT_MILLIS = 60_000;

    private FetchMaven() {}

    /** Why there is no Maven, in a sentence for the person at the terminal. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String sentence) {
            super(sentence);
        }
    }

    /** Takes the properties file and the folder that Maven shall be in. */
    public static void main(String[] args) {
        try {
            fetch(Path.of(args[0]), Path.of(args[1]));
        } catch (Refused e) {
            System.err.println("mvnw: " + e.getMessage());
            System.exit(1);
        } catch (IOException | NoSuchAlgorithmException e) {
            System.err.println("mvnw: cannot install Maven in " + args[1] + ": " + e);
            System.exit(1);
        }
    }

    private static void fetch(Path properties, Path target) throws IOException, NoSuchAlgorithmException {
        Properties wanted = new Properties();
        try (InputStream in = Files.newInputStream(properties)) {
            wanted.load(in);
        }
        String url = wanted.getProperty("distributionUrl", "").strip();
        String sha512 = wanted.getProperty("distributionSha512Sum", "").strip().toLowerCase(Locale.ROOT);
        if (url.isEmpty() || !sha512.matches("[0-9a-f]{128}")) {
            throw new Refused(properties + " must name distributionUrl and, in 128 hexadecimal digits, distributionSha512Sum.");
        }
        Path parent = Files.createDirectories(target.toAbsolutePath().getParent());
        Path work = Files.createTempDirectory(parent, "download-");
        try {
            Path zip = work.resolve("maven.zip");
            String found = download(url, zip);
            if (!found.equals(sha512)) {
                throw new Refused("the file at " + url + " has the SHA-512\n  " + found + "\nbut " + properties + " says\n  " + sha512
                        + "\nNothing was installed. Try again; if it stays so, somebody changed the file or the"
                        + " properties.");
            }
            unpack(zip, Files.createDirectory(work.resolve("maven")));
            publish(work.resolve("maven"), target);
        } finally {
            delete(work);
        }
    }

    private static String download(String url, Path file) throws IOException, NoSuchAlgorithmException {
        System.err.println("mvnw: no Maven 3.8.7 or newer on the PATH, downloading " + url);
        useProxyOf("https");
        useProxyOf("http");
        MessageDigest digest = MessageDigest.getInstance("SHA-512");
        try {
            URLConnection connection = URI.create(url).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            try (InputStream in = new DigestInputStream(connection.getInputStream(), digest)) {
                Files.copy(in, file);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new Refused("the download failed: " + e + "\nInstall Maven 3.8.7 or newer, or set https_proxy if a proxy is needed.");
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Java does not read https_proxy and its like, as other programs do. */
    private static void useProxyOf(String scheme) {
        String lower = System.getenv(scheme + "_proxy");
        String proxy = lower != null ? lower : System.getenv(scheme.toUpperCase(Locale.ROOT) + "_PROXY");
        if (proxy == null || proxy.isBlank() || System.getProperty(scheme + ".proxyHost") != null) {
            return;
        }
        URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
        if (address.getHost() != null) {
            System.setProperty(scheme + ".proxyHost", address.getHost());
            System.setProperty(scheme + ".proxyPort", String.valueOf(address.getPort() == -1 ? 80 : address.getPort()));
        }
    }

    /** Unpacks without the outermost folder, whose name holds the version. */
    private static void unpack(Path zip, Path target) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String inner = entry.getName().substring(entry.getName().indexOf('/') + 1);
                Path file = target.resolve(inner).normalize();
                if (!file.startsWith(target)) {
                    throw new Refused("the archive wants to write outside its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    try (OutputStream out = Files.newOutputStream(file)) {
                        in.transferTo(out);
                    }
                }
            }
        }
        if (!target.resolve("bin/mvn").toFile().setExecutable(true)) {
            throw new Refused("the archive holds no bin/mvn.");
        }
    }

    private static void publish(Path unpacked, Path target) throws IOException {
        try {
            Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(unpacked, target);
        } catch (IOException e) {
            // Another build was faster: its copy was checked like ours.
            if (!Files.exists(target.resolve("bin/mvn"))) {
                throw e;
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
