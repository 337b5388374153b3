package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What an export since a time says of patients who came or went: to and from a group, or the store. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class MembershipChangesTest {
    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeEach
    void load() {
        Ward.load(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void whoLeftAGroupIsListedAsDeletedWithAllThatTheOthersDoNotShare() {
        Export before = client.export("/Group/ring/$export");

        members("ring", "Group/only-ann");
        Export after = since("/Group/ring/$export", before);

        assertThat(after.keys()).containsExactly("Group/ring");
        assertThat(Mirror.deleted(server, after)).containsExactlyInAnyOrder("Patient/bob", "Observation/of-bob");
    }

    @Test
    void whoJoinedAGroupBringsAllThereIsOfThem() {
        Export before = client.export("/Group/only-ann/$export");

        members("only-ann", "Patient/ann", "Patient/bob");
        Export after = since("/Group/only-ann/$export", before);

        // The appointment of both is there already.
        assertThat(after.keys())
                .containsExactly("Appointment/of-both", "Group/only-ann", "Observation/of-bob", "Patient/bob");
        assertThat(Mirror.deleted(server, after)).isEmpty();
    }

    @Test
    void newMembersBringOnlyChangesIfTheServerIsSetSo() {
        try (SluiceServer strict = SluiceServer.start("--sluice.export.new-members=changes")) {
            Ward.load(strict);
            ExportClient its = new ExportClient(strict);
            String before = its.export("/Group/only-ann/$export").transactionTime();

            Ward.load(strict, group("only-ann", "Patient/ann", "Patient/bob"));

            assertThat(its.export("/Group/only-ann/$export?_since=" + before).keys())
                    .containsExactly("Group/only-ann");
        }
    }

    @Test
    void aGroupThatLosesItsLastMemberIsGoneWithAllItHad() {
        Export before = client.export("/Group/only-ann/$export");

        members("only-ann");
        Export after = since("/Group/only-ann/$export", before);

        assertThat(after.keys()).isEmpty();
        assertThat(Mirror.deleted(server, after)).containsExactlyInAnyOrderElementsOf(before.keys());
    }

    @Test
    void aResourceThatIsNotThePatientsAnyMoreIsListedAsDeletedForTheirGroupOnly() {
        Export ann = client.export("/Group/only-ann/$export");
        Export all = client.export("/$export");

        Ward.load(
                server,
                "{\"resourceType\":\"Observation\",\"id\":\"of-ann\",\"status\":\"final\",\"code\":{\"text\":\"x\"},"
                        + "\"subject\":{\"reference\":\"Patient/bob\"}}\n");

        assertThat(Mirror.deleted(server, since("/Group/only-ann/$export", ann)))
                .containsExactly("Observation/of-ann");
        assertThat(Mirror.deleted(server, since("/$export", all))).isEmpty();
        assertThat(since("/$export", all).keys()).containsExactly("Observation/of-ann");
    }

    @Test
    void aDeletedPatientTakesTheirDataOutOfThePatientExportAndBringsItBackWithThem() {
        Export before = client.export("/Patient/$export");

        server.delete("/Patient/bob");
        Export without = since("/Patient/$export", before);
        Ward.load(server, "{\"resourceType\":\"Patient\",\"id\":\"bob\"}\n");
        Export again = since("/Patient/$export", without);

        assertThat(Mirror.deleted(server, without))
                .containsExactlyInAnyOrder("Group/ring", "Observation/of-bob", "Patient/bob");
        assertThat(again.keys())
                .containsExactly(
                        "Appointment/of-both", "Group/former", "Group/ring", "Observation/of-bob", "Patient/bob");
        assertThat(Mirror.deleted(server, again)).isEmpty();
    }

    private void members(String group, String... references) {
        Ward.load(server, group(group, references));
    }

    private static String group(String id, String... references) {
        String members = Stream.of(references)
                .map(reference -> "{\"entity\":{\"reference\":\"" + reference + "\"}}")
                .collect(Collectors.joining(","));
        return "{\"resourceType\":\"Group\",\"id\":\"" + id + "\",\"type\":\"person\",\"actual\":true"
                + (members.isEmpty() ? "" : ",\"member\":[" + members + "]") + "}\n";
    }

    private Export since(String path, Export before) {
        return client.export(path + "?_since=" + before.transactionTime());
    }
}
