package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups that say by other means than members who belongs to them are refused, and never give an empty export. */
@IntegrationTest
class UnsupportedGroupsTest {
    private static final String MEMBER = "\"member\":[{\"entity\":{\"reference\":\"Patient/ann\"}}]";
    private static final String CHARACTERISTIC =
            "\"characteristic\":[{\"code\":{\"text\":\"gender\"},\"valueCodeableConcept\":{\"text\":\"female\"},\"exclude\":false}]";
    private static final String FILTER =
            "\"modifierExtension\":[{\"url\":\"http://hl7.org/fhir/uv/bulkdata/StructureDefinition/member-filter\","
                    + "\"valueExpression\":{\"language\":\"application/x-fhir-query\",\"expression\":\"Patient?gender=female\"}}]";

    private static SluiceServer server;
    private static ExportClient client;

    @BeforeAll
    static void start() {
        server = SluiceServer.start();
        client = new ExportClient(server);
        Ward.load(server);
        Ward.load(server, group("characteristic", true, CHARACTERISTIC));
        Ward.load(server, group("characteristic-empty", true, CHARACTERISTIC + ",\"member\":[]"));
        Ward.load(server, group("characteristic-members", true, CHARACTERISTIC + "," + MEMBER));
        Ward.load(server, group("filter", true, FILTER));
        Ward.load(server, group("filter-members", true, MEMBER + "," + FILTER));
        Ward.load(server, group("descriptive", false, CHARACTERISTIC));
        Ward.load(server, group("descriptive-members", false, MEMBER));
        Ward.load(
                server,
                group(
                        "nesting",
                        true,
                        "\"member\":[{\"entity\":{\"reference\":\"Patient/bob\"}},{\"entity\":{\"reference\":\"Group/filter-members\"}},"
                                + "{\"entity\":{\"reference\":\"Patient/ann\"},\"modifierExtension\":[{\"url\":\"http://x\",\"valueBoolean\":true}]},"
                                + "{\"entity\":{\"reference\":\"Patient/ann\"},\"period\":{\"end\":\"2010-01-02 08:00:00\"}}]"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "characteristic, characteristics are not evaluated",
        "characteristic-empty, characteristics are not evaluated",
        "filter, StructureDefinition/member-filter",
        "filter-members, StructureDefinition/member-filter",
        "descriptive, actual=false",
        "descriptive-members, actual=false",
    })
    void theKickOffIsRefusedWithTheReason(String group, String reason) {
        HttpResponse<String> kickOff = client.kickOff("/Group/" + group + "/$export");

        assertThat(ExportClient.outcome(400, kickOff))
                .singleElement()
                .asString()
                .contains("Group/" + group, reason, "lists its patients as members");
        assertThat(server.get("/Group/" + group + "/$export-estimate", "Accept", "application/fhir+json")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void leniencyDoesNotTurnItIntoAnEmptyExport() {
        HttpResponse<String> kickOff = server.get(
                "/Group/filter/$export",
                "Accept",
                "application/fhir+json",
                "Prefer",
                "respond-async, handling=lenient");

        assertThat(kickOff.statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"characteristic-members"})
    void characteristicsBesideMembersOnlyDescribeThem(String group) {
        assertThat(client.export("/Group/" + group + "/$export?_type=Patient").keys())
                .containsExactly("Patient/ann");
    }

    @Test
    void insideAnotherGroupItIsALineInTheErrorFile() {
        Export export = client.export("/Group/nesting/$export?_type=Patient");

        assertThat(export.keys()).containsExactly("Patient/bob");
        String errors = server.get(
                        export.manifest().path("error").path(0).path("url").asString())
                .body();
        assertThat(errors)
                .contains("Group/filter-members has a modifierExtension", "member-filter", "its members are left out")
                .contains("2 member(s) of Group/nesting", "modifierExtension", "period that cannot be read");
    }

    private static String group(String id, boolean actual, String rest) {
        return "{\"resourceType\":\"Group\",\"id\":\"" + id + "\",\"type\":\"person\",\"actual\":" + actual + "," + rest
                + "}\n";
    }
}
