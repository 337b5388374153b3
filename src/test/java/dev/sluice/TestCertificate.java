package dev.sluice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate that a test makes with the tool of the JDK, signed by its own key.
 *
 * @param store a PKCS 12 file with the certificate and the key
 */
public record TestCertificate(Path store) {
    /** Opens the file. */
    public static final String PASSWORD = "changeit";

    /**
     * Makes one.
     *
     * @param options such as {@code -startdate -10d -validity 5}
     */
    public static TestCertificate make(Path store, String host, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
        command.addAll(List.of(options));
        Process tool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(store.resolveSibling("keytool.log").toFile())
                .start();
        if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
            tool.destroyForcibly();
            throw new IOException(Files.readString(store.resolveSibling("keytool.log")));
        }
        return new TestCertificate(store);
    }

    /** The certificate in a file of its own. */
    public Path certificate() throws Exception {
        return pem("crt", "CERTIFICATE", keys().getCertificate("server").getEncoded());
    }

    /** The private key in a file of its own, which only its user can read. */
    public Path key() throws Exception {
        return pem(
                "key",
                "PRIVATE KEY",
                keys().getKey("server", PASSWORD.toCharArray()).getEncoded());
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private Path pem(String suffix, String name, byte[] content) throws IOException {
        Path file = store.resolveSibling(store.getFileName() + "." + suffix);
        Files.writeString(
                file,
                "-----BEGIN " + name + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + name + "-----\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
