package dev.sluice.oidc;

import static org.awaitility.Awaitility.await;

import dev.sluice.FreePort;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Keycloak on loopback, in a process of its own, with its data in memory. */
final class Keycloak implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(12); // where other builds run on the machine
    private static final String ADMIN = "admin";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String REALM = read("/keycloak/hospital.json");

    private final Process process;
    private final URI root;

    private Keycloak(Process process, URI root) {
        this.process = process;
        this.root = root;
    }

    /** Starts the one that Maven has unpacked, and returns when it answers. */
    static Keycloak start(Path log) throws IOException {
        Path home = Path.of(System.getProperty("keycloak.home"));
        int port = FreePort.find();
        ProcessBuilder command = new ProcessBuilder(
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--db=dev-mem",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        command.environment()
                .putAll(Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS_APPEND",
                        "-XX:TieredStopAtLevel=1",
                        "JAVA_OPTS_KC_HEAP",
                        "-Xms64m -Xmx768m", // and not half of the machine
                        "KC_BOOTSTRAP_ADMIN_USERNAME",
                        ADMIN,
                        "KC_BOOTSTRAP_ADMIN_PASSWORD",
                        ADMIN));
        Keycloak started = new Keycloak(command.start(), URI.create("http://localhost:" + port));
        try {
            await("see " + log).atMost(START).until(started::isReady);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    String issuer(String realm) {
        return root + "/realms/" + realm;
    }

    /**
     * Creates a realm with the content of {@code hospital.json}.
     *
     * @param console the root URL of the server whose console its people sign in to
     */
    void create(String realm, String console) {
        String json = REALM.replace("\"realm\": \"hospital\"", "\"realm\": \"" + realm + "\"")
                .replace("https://fhir.example.org", console);
        require(201, send(admin("/admin/realms", "POST", json)));
    }

    void disable(String realm, String client) {
        String clients = "/admin/realms/" + realm + "/clients";
        String id = FhirJson.MAPPER
                .readTree(
                        send(admin(clients + "?clientId=" + client, "GET", "")).body())
                .path(0)
                .path("id")
                .asString();
        require(204, send(admin(clients + "/" + id, "PUT", "{\"enabled\":false}")));
    }

    /** The token of a program by its secret. */
    String token(String realm, String client) {
        return accessToken(request(realm, client));
    }

    /** Asks for the token of a program. */
    HttpResponse<String> request(String realm, String client) {
        return request(
                realm,
                Map.of(
                        "grant_type",
                        "client_credentials",
                        "client_id",
                        client,
                        "client_secret",
                        "secret-of-" + client));
    }

    /** The token that a program with a login page gets for a person. */
    String tokenOfPerson(String realm, String name) {
        return accessToken(request(
                realm,
                Map.of(
                        "grant_type",
                        "password",
                        "client_id",
                        "console",
                        "username",
                        name,
                        "password",
                        "password-of-" + name)));
    }

    /** Also the programs that its script has started. */
    @Override
    public void close() {
        Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList()
                .forEach(each -> {
                    each.destroyForcibly();
                    each.onExit().join();
                });
    }

    private HttpRequest admin(String path, String method, String body) {
        String token = accessToken(request(
                "master",
                Map.of("grant_type", "password", "client_id", "admin-cli", "username", ADMIN, "password", ADMIN)));
        return HttpRequest.newBuilder(URI.create(root + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> request(String realm, Map<String, String> form) {
        String body = form.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(issuer(realm) + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private boolean isReady() {
        if (!process.isAlive()) {
            throw new IllegalStateException("Keycloak ended with " + process.exitValue());
        }
        try {
            return send(HttpRequest.newBuilder(URI.create(issuer("master"))).build())
                            .statusCode()
                    == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static String read(String resource) {
        try (InputStream file = Objects.requireNonNull(Keycloak.class.getResourceAsStream(resource))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String accessToken(HttpResponse<String> response) {
        require(200, response);
        ObjectNode json = FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8));
        return json.path("access_token").asString();
    }

    private static void require(int status, HttpResponse<String> response) {
        if (response.statusCode() != status) {
            throw new AssertionError(response.uri() + " answered " + response.statusCode() + " " + response.body());
        }
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
