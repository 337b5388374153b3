package dev.sluice.bulkimport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever door resources come through, the store is the same. */
@SlowTest
class SameStorePropertyTest {
    private static final List<String> ODD_TEXTS = List.of(
            "plain",
            "caf\\u00e9",
            "a\\/b",
            "\uD83D\uDE00",
            "\u2028",
            "\\ud83d\\ude00",
            "tab\\tquote\\\"",
            "  two  spaces  ");
    private static final List<String> ODD_NUMBERS =
            List.of("1", "1.00", "0.10", "1E-22", "-3.50", "100000000000000000000");

    private static SluiceServer byLine;
    private static SluiceServer byBundle;

    @BeforeAll
    static void start() {
        byLine = SluiceServer.start();
        byBundle = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        byLine.close();
        byBundle.close();
    }

    /** A resource with a mark where each reference stands: the id of the patient it is to. */
    private record Made(String key, String template, int patient) {
        String with(String reference) {
            return template.replace("@", reference);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void bundlesAndLinesLeaveTheSameBodies(long seed) {
        Random random = new Random(seed);
        List<Made> resources = resources(seed, random);
        String lines = resources.stream()
                .map(made -> made.with("Patient/" + seed + "-" + made.patient()).replace("\n", " ") + "\n")
                .collect(Collectors.joining());

        ok(byLine.post("/$import", "application/fhir+ndjson", lines));
        for (String bundle : bundles(resources, seed, random)) {
            ok(byBundle.post("/", "application/fhir+json", bundle));
        }

        for (Made made : resources) {
            assertThat(body(byBundle, made.key())).as(made.key()).isEqualTo(body(byLine, made.key()));
        }
    }

    private static List<Made> resources(long seed, Random random) {
        List<Made> resources = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            resources.add(patient(seed, i, random));
        }
        for (int i = 0; i < 40; i++) {
            resources.add(observation(seed, i, random));
        }
        return resources;
    }

    private static Made patient(long seed, int number, Random random) {
        String id = seed + "-" + number;
        String meta = random.nextBoolean() ? "\"meta\": {\"versionId\":\"9\", \"source\":\"urn:x\"},\n" : "";
        return new Made(
                "Patient/" + id,
                "{ " + (random.nextBoolean() ? meta : "") + "\"resourceType\": \"Patient\",\"id\":\"" + id
                        + "\", \"identifier\":[{\"system\":\"urn:mrn\",\"value\":\"" + id
                        + "\"}],\n\"name\":[{\"text\":\""
                        + pick(ODD_TEXTS, random) + "\"}]}",
                -1);
    }

    private static Made observation(long seed, int number, Random random) {
        String id = seed + "-o" + number;
        return new Made(
                "Observation/" + id,
                "{\"resourceType\":\"Observation\",\"id\":\"" + id + "\",\"status\" : \"final\",\"code\":{\"text\":\""
                        + pick(ODD_TEXTS, random)
                        + "\"},\n  \"subject\":{\"reference\":\"@\"},\"valueQuantity\":{\"value\":"
                        + pick(ODD_NUMBERS, random) + "}, \"performer\":[{ \"reference\" : \"@\" }]}",
                random.nextInt(12));
    }

    /** Transactions of any size; a reference is written in one of the forms that it may have where it stands. */
    private static List<String> bundles(List<Made> resources, long seed, Random random) {
        List<String> bundles = new ArrayList<>();
        int from = 0;
        while (from < resources.size()) {
            int to = Math.min(resources.size(), from + 1 + random.nextInt(25));
            List<String> entries = new ArrayList<>();
            for (Made made : resources.subList(from, to)) {
                boolean inBundle = made.patient() >= from && made.patient() < to;
                String reference = reference(seed + "-" + made.patient(), inBundle, random);
                entries.add("{\"fullUrl\":\"urn:uuid:" + made.key() + "\",\"resource\":" + made.with(reference)
                        + ",\"request\":{\"method\":\"PUT\",\"url\":\"" + made.key() + "\"}}");
            }
            Collections.shuffle(entries, random);
            bundles.add("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                    + String.join(",\n", entries) + "]}");
            from = to;
        }
        return bundles;
    }

    private static String reference(String id, boolean inBundle, Random random) {
        return switch (random.nextInt(inBundle ? 3 : 2)) {
            case 0 -> "Patient/" + id;
            case 1 -> "Patient?identifier=urn:mrn|" + id;
            default -> "urn:uuid:Patient/" + id;
        };
    }

    private static String body(SluiceServer server, String key) {
        HttpResponse<String> response = server.get("/" + key);
        ok(response);
        return response.body().replaceFirst("\"lastUpdated\":\"[^\"]*\"", "");
    }

    private static void ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
