package dev.sluice.soak;

import dev.sluice.HostileInputs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Clients that write and read. They change a bounded set of resources, so that the store does not grow. */
final class WriteLoad {
    private static final int MB = 1 << 20;
    private static final int LARGE = 8 * MB;
    private static final Pattern FAILED = Pattern.compile("\"name\":\"failed\",\"valueInteger\":(\\d+)");

    private final Function<String, LoadClient> clients;
    private final Path root;

    /** The text of each Basic that exists, by type and id. Each key has one writer. */
    private final Map<String, String> written = new ConcurrentSkipListMap<>();

    /**
     * Writers of a server.
     *
     * @param root the folder from which the server imports
     */
    WriteLoad(Function<String, LoadClient> clients, Path root) {
        this.clients = clients;
        this.root = root;
    }

    Map<String, String> written() {
        return written;
    }

    void begin(Load load) {
        every(load, 300, "update and delete", this::write);
        every(load, 2_000, "create and patch", this::createPatchAndDelete);
        every(load, 3_000, "transaction", this::transaction);
        every(load, 4_000, "import", this::importBody);
        every(load, 8_000, "import of a file", this::importFile);
        every(load, 100, "read", this::read);
        every(load, 20_000, "large resource", this::large);
    }

    private interface Use {
        void by(LoadClient client, int turn) throws IOException, InterruptedException;
    }

    private void every(Load load, long pauseMillis, String name, Use use) {
        LoadClient client = clients.apply(name);
        int[] turn = {0};
        load.every(pauseMillis, name, () -> use.by(client, turn[0]++));
    }

    private static String basic(String id, int turn) {
        return "{\"resourceType\":\"Basic\",\"id\":\"" + id + "\",\"code\":{\"text\":\"" + turn + "\"},\"identifier\":"
                + "[{\"system\":\"urn:soak\",\"value\":\"" + id + "\"}]}";
    }

    private void write(LoadClient client, int turn) throws IOException, InterruptedException {
        String id = "w" + turn * 7 % 100;
        String path = "/Basic/" + id;
        if (turn % 5 == 0) {
            client.sendUntilTaken(client.request("DELETE", path), 200, 204, 404);
            written.remove("Basic/" + id);
        } else {
            client.sendUntilTaken(
                    client.request("PUT", path, LoadClient.bytes(basic(id, turn)), "Content-Type", LoadClient.JSON),
                    200,
                    201);
            written.put("Basic/" + id, basic(id, turn));
        }
    }

    private void createPatchAndDelete(LoadClient client, int turn) throws IOException, InterruptedException {
        byte[] body = LoadClient.bytes("{\"resourceType\":\"Device\",\"distinctIdentifier\":\"" + turn + "\"}");
        HttpResponse<String> created =
                client.sendUntilTaken(client.request("POST", "/Device", body, "Content-Type", LoadClient.JSON), 201);
        String location = created.headers().firstValue("Location").orElse("/Device/none");
        String device = location.replaceFirst("/_history/.*", "");
        byte[] patch = LoadClient.bytes("[{\"op\":\"add\",\"path\":\"/lotNumber\",\"value\":\"x\"}]");
        client.sendUntilTaken(
                client.request("PATCH", device, patch, "Content-Type", "application/json-patch+json"), 200);
        client.sendUntilTaken(client.request("DELETE", device), 200, 204);
    }

    /** The first half is written, the second half is deleted, by turns. */
    private void transaction(LoadClient client, int turn) throws IOException, InterruptedException {
        StringBuilder entries = new StringBuilder();
        for (int n = 0; n < 40; n++) {
            String id = "t" + n;
            boolean deleted = (n + turn) % 2 == 0;
            entries.append(n == 0 ? "" : ",")
                    .append(deleted ? "{" : "{\"resource\":" + basic(id, turn) + ",")
                    .append("\"request\":{\"method\":\"")
                    .append(deleted ? "DELETE" : "PUT")
                    .append("\",\"url\":\"Basic/")
                    .append(id)
                    .append("\"}}");
        }
        byte[] bundle =
                LoadClient.bytes("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" + entries + "]}");
        client.sendUntilTaken(client.request("POST", "", bundle, "Content-Type", LoadClient.JSON), 200);
        for (int n = 0; n < 40; n++) {
            if ((n + turn) % 2 == 0) {
                written.remove("Basic/t" + n);
            } else {
                written.put("Basic/t" + n, basic("t" + n, turn));
            }
        }
    }

    /** A hundred lines, of which some are bad by turns, compressed by turns. */
    private void importBody(LoadClient client, int turn) throws IOException, InterruptedException {
        byte[] body = LoadClient.bytes(lines("i", turn));
        HttpResponse<String> answer = client.sendUntilTaken(
                client.request(
                        "POST", "/$import", turn % 2 == 0 ? body : gzip(body), "Content-Type", LoadClient.NDJSON),
                200);
        requireFailed(client, answer.body(), turn);
        took("i", turn);
    }

    private void importFile(LoadClient client, int turn) throws IOException, InterruptedException {
        Path file = Files.writeString(root.resolve("basics.ndjson"), lines("f", turn));
        byte[] body = LoadClient.bytes("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"inputFormat\","
                + "\"valueString\":\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":[{\"name\":\"url\","
                + "\"valueUri\":\"" + file.toUri() + "\"}]}]}");
        HttpResponse<String> accepted = client.sendUntilTaken(
                client.request("POST", "/$import", body, "Content-Type", LoadClient.JSON, "Prefer", "respond-async"),
                202);
        String job = accepted.headers().firstValue("Content-Location").orElseThrow();
        client.awaitEnd(job);
        took("f", turn);
        if (turn % 2 == 0) {
            client.delete(job);
        }
    }

    private static String lines(String prefix, int turn) {
        String good =
                IntStream.range(0, 100).mapToObj(n -> basic(prefix + n, turn)).collect(Collectors.joining("\n"));
        return good + "\n" + "{\"resourceType\":\"Basic\"}\nno JSON\n".repeat(turn % 3);
    }

    private void took(String prefix, int turn) {
        IntStream.range(0, 100).forEach(n -> written.put("Basic/" + prefix + n, basic(prefix + n, turn)));
    }

    private static void requireFailed(LoadClient client, String answer, int turn) {
        Matcher failed = FAILED.matcher(answer);
        if (!failed.find() || Integer.parseInt(failed.group(1)) != 2 * (turn % 3)) {
            client.tally().fault(client.name(), "an import of " + 2 * (turn % 3) + " bad lines says " + answer);
        }
    }

    private void read(LoadClient client, int turn) throws IOException, InterruptedException {
        String id = Integer.toString(turn % KeptResources.PATIENTS);
        String path = switch (turn % 8) {
            case 0 -> "/metadata";
            case 1 -> "/Group";
            case 2 -> "/Patient/p" + id + "/_history/1";
            case 3 -> "/$export-estimate?_type=Observation&_typeFilter=Observation%3Fcode=c" + turn % 10;
            case 4 -> "/Patient/none" + id;
            case 5 -> client.outside("/actuator/prometheus");
            default -> "/Observation/o" + id;
        };
        client.send(client.request("GET", path, "Accept", "*/*"), turn % 8 == 4 ? 404 : 200);
    }

    private void large(LoadClient client, int turn) throws IOException, InterruptedException {
        byte[] binary = HostileInputs.binary("large", LARGE + 4 * (turn % 2));
        client.sendUntilTaken(
                client.request("PUT", "/Binary/large", binary, "Content-Type", LoadClient.JSON), 200, 201);
        client.sendUntilTaken(client.request("GET", "/Binary/large", "Accept", LoadClient.JSON), 200);
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body);
        }
        return compressed.toByteArray();
    }
}
