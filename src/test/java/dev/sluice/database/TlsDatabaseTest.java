package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceProcess;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.TlsPostgres;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/** A database that is reached by TLS, and whose certificate is checked. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class TlsDatabaseTest {
    private static final String PATIENT = "{\"resourceType\":\"Patient\",\"id\":\"ann\"}";

    private final TlsPostgres postgres;

    TlsDatabaseTest(@TempDir Path folder) throws Exception {
        postgres = TlsPostgres.start(folder);
    }

    @AfterAll
    void stop() throws Exception {
        postgres.close();
    }

    @Test
    void readsLeasesAndCancellationsWorkWithVerifyFull() throws Exception {
        postgres.createRole("sluice", "secret");
        try (SluiceServer server = SluiceServer.start(
                "--spring.datasource.url=" + postgres.url("localhost", "sluice", postgres.ca),
                "--spring.datasource.username=sluice",
                "--spring.datasource.password=secret")) {
            assertThat(server.put("/Patient/ann", "application/fhir+json", PATIENT)
                            .statusCode())
                    .isEqualTo(201);
            assertThat(new ExportClient(server).export("/$export").keys()).containsExactly("Patient/ann");

            assertThat(postgres.admin()
                            .queryForList(
                                    "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid)"
                                            + " where usename = 'sluice'",
                                    Boolean.class))
                    .containsExactly(true);
            assertThat(cancelled(server.bean(DataSource.class))).isEqualTo("57014");
        }
    }

    /**
     * The identity endpoint of Azure App Service in the place of Entra ID; the rest is real. Its tokens expire at once, as far
     * as the library is concerned, so each new connection asks for one.
     */
    @Test
    void aTokenOfAManagedIdentityIsThePasswordOfEachNewConnection(@TempDir Path home) throws Exception {
        postgres.createRole("identity", "token-1");
        AtomicReference<String> token = new AtomicReference<>("token-1");
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        HttpServer endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getQuery());
            byte[] answer = ("{\"access_token\":\"" + token.get() + "\",\"expires_on\":\""
                            + Clock.systemUTC().instant().plusSeconds(60).getEpochSecond()
                            + "\",\"resource\":\"x\",\"token_type\":\"Bearer\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        endpoint.start();
        Map<String, String> environment = Map.of(
                "IDENTITY_ENDPOINT",
                "http://127.0.0.1:" + endpoint.getAddress().getPort() + "/",
                "IDENTITY_HEADER",
                "x");
        try (SluiceProcess server = SluiceProcess.start(
                home.resolve("log"),
                environment,
                "--sluice.home=" + home,
                "--spring.datasource.url=" + postgres.url("localhost", "identity", postgres.ca)
                        + "&authenticationPluginClassName="
                        + "com.azure.identity.extensions.jdbc.postgresql.AzurePostgresqlAuthenticationPlugin"
                        + "&azure.managedIdentityEnabled=true&azure.clientId=the-identity",
                "--spring.datasource.username=identity")) {
            assertThat(asked)
                    .isNotEmpty()
                    .allSatisfy(query -> assertThat(query)
                            .contains("resource=https://ossrdbms-aad.database.windows.net", "client_id=the-identity"));
            assertExports(server);

            token.set("token-2");
            postgres.admin().execute("alter role identity password 'token-2'");
            postgres.admin()
                    .queryForList("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'identity'");
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> assertExports(server));
        } finally {
            endpoint.stop(0);
        }
    }

    /** Requests, reads and leases need connections. */
    private static void assertExports(SluiceProcess server) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        HttpResponse<String> kickOff = http.send(
                HttpRequest.newBuilder(URI.create(server.base() + "/$export"))
                        .headers("Accept", "application/fhir+json", "Prefer", "respond-async")
                        .build(),
                BodyHandlers.ofString());
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);
        HttpRequest status = HttpRequest.newBuilder(URI.create(
                        kickOff.headers().firstValue("Content-Location").orElseThrow()))
                .build();
        await().until(() -> http.send(status, BodyHandlers.discarding()).statusCode() == 200);
    }

    /** The state of a statement that is cancelled while it runs. */
    private String cancelled(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            CompletableFuture<SQLException> end = CompletableFuture.supplyAsync(() -> {
                try {
                    connection.createStatement().execute("select pg_sleep(600)");
                    return new SQLException("not cancelled");
                } catch (SQLException e) {
                    return e;
                }
            });
            await().until(() -> Objects.equals(
                    1,
                    postgres.admin()
                            .queryForObject(
                                    "select count(*)::int from pg_stat_activity where state = 'active'"
                                            + " and query like 'select pg_sleep%'",
                                    Integer.class)));
            connection.unwrap(PGConnection.class).cancelQuery();
            return String.valueOf(end.get(60, TimeUnit.SECONDS).getSQLState());
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost | other.pem  | SSL error",
                "127.0.0.1 | ca.pem     | The hostname 127.0.0.1 could not be verified",
                "localhost | absent.pem | Could not open SSL root certificate file",
                "localhost | ca.p12     | Loading the SSL root certificate"
            })
    void aCertificateThatIsNotTrustedEndsTheStart(String host, String trusted, String reason) {
        String url = postgres.url(host, "postgres", postgres.ca.resolveSibling(trusted));

        assertThat(reasonOf(url))
                .startsWith("The connection to the database cannot be trusted: ")
                .contains(reason)
                .endsWith("Correct the URL, sslmode and sslrootcert in it, or the certificate of the database.");
    }

    @Test
    void aDatabaseWithoutTlsEndsTheStart() {
        String plain = TestDatabase.urlOf("postgres") + "&sslmode=verify-full";

        assertThat(reasonOf(plain))
                .isEqualTo("The database refuses the connection: The server does not support SSL. Correct the URL.");
    }

    private static String reasonOf(String url) {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url);
            pool.setUsername("sluice");
            return String.valueOf(catchThrowable(() -> new DatabaseWait(pool, Duration.ofSeconds(5), "the URL").await())
                    .getMessage());
        }
    }
}
