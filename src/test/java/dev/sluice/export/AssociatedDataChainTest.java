package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** Chains of exports with associated data, under random writes, beside one whole export as of each time. */
@SlowTest
class AssociatedDataChainTest {
    private static final int EXPORTS = 6;
    private static final int WRITES = 25;
    private static final int IDS = 6;

    private static SluiceServer server;

    private final Random random = new Random(4);

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /**
     * Each chain finds the store as the one before it left it.
     *
     * <p>{@code exact}: whether the client ends with the server's set. What is referred to no more, and Provenance that
     * is not the latest any more, stays with the client, as documented.
     */
    @ParameterizedTest
    @CsvSource({
        "/Patient/$export, true",
        "/Group/g/$export, true",
        "/Patient/$export?includeAssociatedData=RelevantProvenanceResources, true",
        "/$export?_type=Patient&includeAssociatedData=RelevantProvenanceResources, true",
        "/Patient/$export?includeAssociatedData=LatestProvenanceResources, false",
        "/Patient/$export?_includeReferenced=Organization&_includeReferencedDepth=3, false",
        "/Group/g/$export?_includeReferenced=Organization&_includeReferencedDepth=2, false",
        "/Patient/$export?_includeReferenced=Organization&includeAssociatedData=RelevantProvenanceResources, false",
    })
    void aChainWithCompanionsMissesNothing(String path, boolean exact) {
        ExportClient client = new ExportClient(server);
        write("{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true,\"member\":["
                + "{\"entity\":{\"reference\":\"Patient/0\"}},{\"entity\":{\"reference\":\"Patient/1\"}}]}\n");
        Mirror mirror = new Mirror(server);
        String and = path.contains("?") ? "&" : "?";
        for (int export = 0; export < EXPORTS; export++) {
            change();
            if (export % 2 == 1) {
                settle();
            }
            mirror.apply(client.export(path + and + "_since=" + mirror.since()));
            Export whole = client.export(path + and + "_until=" + mirror.since());

            assertThat(mirror.lines()).as("export " + export).containsAll(whole.all());
            if (exact) {
                assertThat(mirror.lines()).hasSameSizeAs(whole.all());
            }
        }
    }

    private void change() {
        for (int write = 0; write < WRITES; write++) {
            String type = pick("Patient", "Observation", "Observation", "Organization", "Provenance", "Provenance");
            String id = Integer.toString(random.nextInt(IDS));
            if (random.nextInt(4) == 0) {
                server.delete("/" + type + "/" + id);
            } else {
                write(resource(type, id));
            }
        }
    }

    private String resource(String type, String id) {
        String head = "{\"resourceType\":\"" + type + "\",\"id\":\"" + id + "\",\"implicitRules\":\"x:"
                + random.nextInt(3) + "\",";
        return head
                + switch (type) {
                    case "Patient" -> "\"managingOrganization\":" + reference("Organization");
                    case "Organization" -> "\"partOf\":" + reference("Organization");
                    case "Observation" ->
                        "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":" + reference("Patient")
                                + ",\"performer\":[" + reference("Organization") + "]";
                    default ->
                        "\"recorded\":\"2024-01-0" + (1 + random.nextInt(9)) + "\",\"target\":["
                                + IntStream.rangeClosed(0, random.nextInt(3))
                                        .mapToObj(n -> reference(pick("Patient", "Observation", "Organization")))
                                        .collect(Collectors.joining(","))
                                + "],\"agent\":[{\"who\":" + reference("Organization") + "}]";
                }
                + "}\n";
    }

    private String reference(String type) {
        return "{\"reference\":\"" + type + "/" + random.nextInt(IDS) + "\"}";
    }

    private String pick(String... of) {
        return of[random.nextInt(of.length)];
    }

    /** So that chains pass through a store whose Provenance is settled, and through one where it is not. */
    private static void settle() {
        server.bean(JdbcTemplate.class).update("update provenance_unsettled set check_at = to_timestamp(0)");
        server.bean(ScheduledTaskHolder.class).getScheduledTasks().stream()
                .filter(task -> task.toString().contains("ProvenanceSettling"))
                .forEach(task -> task.getTask().getRunnable().run());
    }

    private static void write(String line) {
        Ward.load(server, line);
    }
}
