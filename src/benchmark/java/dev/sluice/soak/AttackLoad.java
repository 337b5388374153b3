package dev.sluice.soak;

import dev.sluice.HostileInputs;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Clients that attack: the inputs of the tests that hold the limits, a few at a time, again and again. */
final class AttackLoad {
    private static final int AT_ONCE = 4;
    private static final int JOBS = 30;
    private static final String HOST = "Connection: close\r\nHost: localhost\r\n\r\n";

    private final Function<String, LoadClient> clients;
    private final List<Load.Turn> attacks = new ArrayList<>();
    private int turn;

    AttackLoad(Function<String, LoadClient> clients) {
        this.clients = clients;
        content();
        filters();
        requests();
    }

    void begin(Load load) {
        load.every(300, "attack", () -> attacks.get(turn++ % attacks.size()).take());
        LoadClient client = clients.apply("attack: many jobs");
        load.every(20_000, client.name(), () -> manyJobs(client));
    }

    private void content() {
        post("attack: nesting", "/Basic", LoadClient.JSON, LoadClient.bytes(HostileInputs.nested(501)));
        post("attack: nesting", "/$import", LoadClient.NDJSON, LoadClient.bytes(HostileInputs.nested(501)));
        post("attack: nesting", "", LoadClient.JSON, LoadClient.bytes(HostileInputs.nested(100_000)));
        post("attack: many values", "/Basic", LoadClient.JSON, HostileInputs.denseTree());
        post("attack: many values", "/$import", LoadClient.NDJSON, HostileInputs.denseTree());
        byte[] parameters = LoadClient.bytes(HostileInputs.parameters("{}", 300_000));
        post("attack: many values", "/$export", LoadClient.JSON, parameters);
        post("attack: many values", "/$import", LoadClient.JSON, parameters);
        post("attack: gzip", "/Basic", LoadClient.JSON, HostileInputs.compressedTree());
        post("attack: gzip", "/Basic", LoadClient.JSON, HostileInputs.compressedBlanks());
        post("attack: gzip", "", LoadClient.JSON, HostileInputs.compressedTree());
        post("attack: many entries", "", LoadClient.JSON, HostileInputs.compressedBatch());
        post("attack: many entries", "", LoadClient.JSON, HostileInputs.compressedBatchOfNumbers());
        post("attack: many bad lines", "/$import", LoadClient.NDJSON, HostileInputs.compressedLines("{}"));
        String unknown = HostileInputs.parameters("{\"name\":\"unknown\"}", 20_000);
        post("attack: many faults", "/$import", LoadClient.JSON, LoadClient.bytes(unknown));
        post("attack: many reads", "", LoadClient.JSON, HostileInputs.batchOfReads("Binary/large", 20), 200);
    }

    private void post(String name, String path, String type, byte[] body, Integer... expected) {
        LoadClient client = clients.apply(name);
        attacks.add(() -> client.attack(
                AT_ONCE,
                client.request("POST", path, body, "Content-Type", type, "Prefer", "respond-async", "Accept", "*/*"),
                expected));
    }

    private void filters() {
        for (String level : List.of("", "/Patient", "/Group/g")) {
            filter(level, "Provenance", HostileInputs.longFilter());
            filter(level, "Patient", "Patient?_id=" + HostileInputs.list());
            filter(level, HostileInputs.list(), "Patient?_id=a");
            filter(level, "Patient", HostileInputs.reverseChains(101));
        }
        LoadClient client = clients.apply("attack: filters");
        String chain = URLEncoder.encode(HostileInputs.chainToMany(130), StandardCharsets.UTF_8);
        attacks.add(() -> client.attack(
                AT_ONCE, client.request("GET", "/$export-estimate?_type=Provenance&_typeFilter=" + chain), 200));
    }

    private void filter(String level, String type, String filter) {
        post(
                "attack: filters",
                level + "/$export",
                LoadClient.JSON,
                LoadClient.bytes(
                        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_type\",\"valueString\":\"" + type
                                + "\"},{\"name\":\"_typeFilter\",\"valueString\":\"" + filter + "\"}]}"));
    }

    private void requests() {
        raw(
                "attack: many parameters",
                n -> "GET /fhir/Patient/p1?" + HostileInputs.manyParameters() + " HTTP/1.1\r\n" + HOST);
        raw("attack: methods", n -> "M" + n + " /fhir/metadata HTTP/1.1\r\n" + HOST);
        raw("attack: paths", n -> "GET /nowhere" + n + " HTTP/1.1\r\n" + HOST);
        raw("attack: paths", n -> "GET /fhir/Type" + n + "/x HTTP/1.1\r\n" + HOST);
        raw(
                "attack: foreign hosts",
                n -> "GET /fhir/metadata HTTP/1.1\r\nConnection: close\r\nHost: h" + n + "\r\n\r\n");
        raw(
                "attack: web pages",
                n -> "POST /fhir HTTP/1.1\r\nOrigin: https://h" + n
                        + ".example\r\nContent-Type: application/fhir+json\r\nContent-Length: 2\r\n" + HOST + "{}");
        raw("attack: no HTTP", n -> "\u0016\u0003\u0001" + n + "\r\n\r\n");
    }

    private void raw(String name, Function<Integer, String> request) {
        LoadClient client = clients.apply(name);
        attacks.add(() -> {
            for (int n = 0; n < 20; n++) {
                client.attack(request.apply(20 * turn + n));
            }
        });
    }

    /** More jobs than may be open at a time. */
    private static void manyJobs(LoadClient client) throws IOException, InterruptedException {
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            Optional<String> job = client.kickOff("/$export");
            job.ifPresent(jobs::add);
        }
        for (String job : jobs) {
            client.delete(job);
        }
    }
}
