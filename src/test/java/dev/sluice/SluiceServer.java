package dev.sluice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * Sluice as its users meet it: the whole application on a free port of the loopback interface, seen through HTTP.
 *
 * <p>Each server has a new database and a new folder, which are gone when it is closed. A test that needs two servers
 * on one database, or one again after another, gives {@code --spring.datasource.url} and {@code --sluice.home} itself;
 * then they are left as they are. Paths are relative to the FHIR base; a whole URL is taken as it is.
 */
public final class SluiceServer implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** None once the server is closed: tests keep their server to the end of all tests. */
    private @Nullable ConfigurableApplicationContext context;

    private final Runnable cleanUp;

    /** Sent with each request; null = none. */
    private final @Nullable String token;

    private SluiceServer(@Nullable ConfigurableApplicationContext context, Runnable cleanUp, @Nullable String token) {
        this.context = context;
        this.cleanUp = cleanUp;
        this.token = token;
    }

    /** Starts a server with these options, each {@code --key=value}; they win over the defaults for tests. */
    public static SluiceServer start(String... options) {
        return start(List.of(), options);
    }

    /** The same with beans of more classes. */
    public static SluiceServer start(List<Class<?>> beans, String... options) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String option : options) {
            given.put(option.substring(0, option.indexOf('=')), option);
        }
        Runnable cleanUp = () -> {};
        if (!given.containsKey("--spring.datasource.url")) {
            String url = TestDatabase.freshUrl();
            given.put("--spring.datasource.url", "--spring.datasource.url=" + url);
            cleanUp = () -> TestDatabase.drop(url);
        }
        if (!given.containsKey("--sluice.home")) {
            Path home = temporaryFolder();
            Runnable before = cleanUp;
            given.put("--sluice.home", "--sluice.home=" + home);
            cleanUp = () -> {
                before.run();
                FileSystemUtils.deleteRecursively(home.toFile());
            };
        }
        given.putIfAbsent("--server.port", "--server.port=0");
        given.putIfAbsent("--server.shutdown", "--server.shutdown=immediate");
        given.putIfAbsent("--logging.level.root", "--logging.level.root=warn");
        SpringApplication application = new SpringApplication(SluiceApplication.class);
        application.addPrimarySources(beans);
        return new SluiceServer(application.run(given.values().toArray(String[]::new)), cleanUp, null);
    }

    /** This server, as a client with a bearer token sees it; only this one is to be closed. */
    public SluiceServer as(String bearer) {
        return new SluiceServer(running(), () -> {}, bearer);
    }

    /** The FHIR base, such as {@code http://localhost:40123/fhir}. */
    public URI base() {
        return URI.create(root() + "/fhir");
    }

    /** Where everything else is, such as {@code http://localhost:40123}. */
    public URI root() {
        return URI.create("http://localhost:" + running().getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** A part of the running application, for what cannot be seen from outside. */
    public <T> T bean(Class<T> type) {
        return running().getBean(type);
    }

    /** Headers are given as name, value, name, value. */
    public HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    public HttpResponse<String> post(String path, String contentType, String body, String... headers) {
        return send("POST", path, BodyPublishers.ofString(body), with(contentType, headers));
    }

    public HttpResponse<String> put(String path, String contentType, String body, String... headers) {
        return send("PUT", path, BodyPublishers.ofString(body), with(contentType, headers));
    }

    public HttpResponse<String> delete(String path, String... headers) {
        return send("DELETE", path, BodyPublishers.noBody(), headers);
    }

    /** Any request. */
    public HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
        URI uri = URI.create(path.startsWith("http") ? path : base() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, body);
        if (List.of(headers).stream().noneMatch("Accept-Encoding"::equalsIgnoreCase)) {
            request.header("Accept-Encoding", "gzip");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return HTTP.send(request.build(), SluiceServer::text);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(method + " " + uri, e);
        }
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
            context = null;
            cleanUp.run();
        }
    }

    private ConfigurableApplicationContext running() {
        return Objects.requireNonNull(context, "this server is closed");
    }

    private static String[] with(String contentType, String[] headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = contentType;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return all;
    }

    /** UTF-8, unpacked where the answer says that it is packed, by the rules of the strictest HTTP clients. */
    private static BodySubscriber<String> text(HttpResponse.ResponseInfo answer) {
        boolean packed = Stream.of("Content-Encoding", "Content-Type")
                .flatMap(name -> answer.headers().firstValue(name).stream())
                .anyMatch(value -> value.equals("gzip") || value.equals("application/gzip"));
        return BodySubscribers.mapping(
                BodySubscribers.ofByteArray(),
                bytes -> new String(packed ? SingleMember.unpack(bytes) : bytes, StandardCharsets.UTF_8));
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("sluice-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
