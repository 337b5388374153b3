package dev.sluice.signin;

import dev.sluice.SluiceServer;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The requests of a browser: it has the cookies of the server, and follows redirects when it is told to. */
public final class PersonAtBrowser {
    private final SluiceServer server;
    private final Map<String, String> cookies = new LinkedHashMap<>();

    public PersonAtBrowser(SluiceServer server) {
        this.server = server;
    }

    /** Signs in from the page that asks for it, and returns the answer to the provider's redirect. */
    public HttpResponse<String> signIn() {
        return signIn("/console/signin/start");
    }

    HttpResponse<String> signIn(String start) {
        return open(begin(start));
    }

    /** Goes to the provider, and returns where it leads to. */
    String begin(String start) {
        String provider = location(open(start));
        return location(server.get(provider));
    }

    public HttpResponse<String> open(String path, String... headers) {
        return send("GET", path, "", with(headers, "Accept", "text/html"));
    }

    public HttpResponse<String> post(String path, String form, String... headers) {
        return send(
                "POST",
                path,
                form,
                with(
                        headers,
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        "Origin",
                        String.valueOf(server.root())));
    }

    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        String url = path.startsWith("http") ? path : server.root() + path;
        String[] all = cookies.isEmpty() ? headers : with(headers, "Cookie", cookieHeader());
        HttpResponse<String> response =
                server.send(method, url, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body), all);
        response.headers().allValues("Set-Cookie").forEach(this::keep);
        return response;
    }

    String cookieHeader() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    Map<String, String> cookies() {
        return cookies;
    }

    static String location(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Location")
                .map(to -> URI.create(to).isAbsolute()
                        ? to
                        : response.uri().resolve(to).toString())
                .orElseThrow(() -> new AssertionError(response.statusCode() + " " + response.body()));
    }

    private void keep(String header) {
        String[] cookie = header.split(";", 2)[0].split("=", 2);
        if (cookie[1].isEmpty() || header.contains("Max-Age=0")) {
            cookies.remove(cookie[0]);
        } else {
            cookies.put(cookie[0], cookie[1]);
        }
    }

    private static String[] with(String[] headers, String... more) {
        return Stream.concat(List.of(headers).stream(), Stream.of(more)).toArray(String[]::new);
    }
}
