package dev.sluice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A PostgreSQL that other roles than {@code postgres} reach by TLS and with a password only. Its certificate is for
 * {@code localhost}, and not for {@code 127.0.0.1}.
 */
public final class TlsPostgres implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    /** The CA of the server's certificate. */
    public final Path ca;

    /** Another CA. */
    public final Path otherCa;

    private final OwnPostgres server;

    private TlsPostgres(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        ca = makeKey(folder, "ca", "-ext", "bc:c=ca:true");
        otherCa = makeKey(folder, "other", "-ext", "bc:c=ca:true");
        makeKey(folder, "server");
        Path request = folder.resolve("server.csr");
        Path certificate = folder.resolve("signed.pem");
        keytool(folder, "server", "-certreq", "-file", request.toString());
        keytool(
                folder,
                "ca",
                "-gencert",
                "-rfc",
                "-ext",
                "san=dns:localhost",
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString());
        Path rules = Files.writeString(folder.resolve("pg_hba.conf"), """
                host all postgres 127.0.0.1/32 trust
                host all postgres ::1/128 trust
                hostssl all identity all password
                hostssl all all all scram-sha-256
                """);
        server = OwnPostgres.start(
                folder.resolve("data"),
                Map.of(
                        "ssl", "on",
                        "ssl_cert_file", certificate.toString(),
                        "ssl_key_file", privateKey(folder, "server").toString(),
                        "hba_file", rules.toString()));
    }

    public static TlsPostgres start(Path folder) throws Exception {
        return new TlsPostgres(folder);
    }

    /** The JDBC URL of a database by TLS, without a user. */
    public String url(String host, String database, Path trusted) {
        String url = server.url();
        String port = url.substring(url.lastIndexOf(':'), url.lastIndexOf('/'));
        return "jdbc:postgresql://" + host + port + "/" + database + "?sslmode=verify-full&sslrootcert=" + trusted;
    }

    /** Makes a role, and a database of this name that it owns. */
    public void createRole(String name, String password) {
        admin().execute("create role " + name + " login password '" + password + "'");
        admin().execute("create database " + name + " owner " + name);
    }

    public JdbcTemplate admin() {
        return new JdbcTemplate(new DriverManagerDataSource(server.url()));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** Makes a key, and returns its certificate. */
    private static Path makeKey(Path folder, String name, String... more)
            throws IOException, InterruptedException, GeneralSecurityException {
        List<String> arguments = new ArrayList<>(
                List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name));
        arguments.addAll(List.of(more));
        keytool(folder, name, arguments.toArray(String[]::new));
        byte[] certificate = store(folder, name).getCertificate(name).getEncoded();
        return write(folder.resolve(name + ".pem"), "CERTIFICATE", certificate);
    }

    private static Path privateKey(Path folder, String name) throws IOException, GeneralSecurityException {
        byte[] key = store(folder, name).getKey(name, PASSWORD.toCharArray()).getEncoded();
        Path file = write(folder.resolve(name + ".key"), "PRIVATE KEY", key);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static KeyStore store(Path folder, String name) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), PASSWORD.toCharArray());
    }

    private static Path write(Path file, String kind, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                file,
                "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n",
                StandardCharsets.US_ASCII);
    }

    private static void keytool(Path folder, String alias, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-keystore",
                folder.resolve(alias + ".p12").toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                alias));
        command.addAll(1, List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(folder.resolve("keytool.log")));
        }
    }
}
