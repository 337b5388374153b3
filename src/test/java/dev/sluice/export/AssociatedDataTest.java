package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/** What comes with an export beside its compartments and types: Provenance, and what is referred to. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class AssociatedDataTest {
    /** What is added to the {@link Ward}: Provenance, and a chain of references. */
    static final String DATA = """
            {"resourceType":"Practitioner","id":"doc"}
            {"resourceType":"Practitioner","id":"unseen"}
            {"resourceType":"PractitionerRole","id":"role","practitioner":{"reference":"Practitioner/doc"},"organization":{"reference":"Organization/clinic"}}
            {"resourceType":"Organization","id":"clinic","name":"Clinic","partOf":{"reference":"Organization/holding"}}
            {"resourceType":"Organization","id":"holding","name":"Holding","partOf":{"reference":"Organization/lost"}}
            {"resourceType":"Encounter","id":"visit","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/ann"},"participant":[{"individual":{"reference":"PractitionerRole/role"}}]}
            {"resourceType":"Provenance","id":"of-obs-1","target":[{"reference":"Observation/of-ann"}],"recorded":"2024-01-01T00:00:00Z","agent":[{"who":{"reference":"Practitioner/doc"}}]}
            {"resourceType":"Provenance","id":"of-obs-2","target":[{"reference":"Observation/of-ann/_history/1"},{"reference":"Patient/bob"}],"recorded":"2024-01-01T12:00:00+11:00","agent":[{"who":{"display":"x"}}]}
            {"resourceType":"Provenance","id":"of-clinic","target":[{"reference":"Organization/clinic"}],"recorded":"2024-01-02T00:00:00Z","agent":[{"who":{"display":"x"}}]}
            {"resourceType":"Provenance","id":"of-bob","target":[{"reference":"Observation/of-bob"}],"recorded":"2024-01-02T00:00:00Z","agent":[{"who":{"display":"x"}}]}
            {"resourceType":"Provenance","id":"early","target":[{"reference":"Observation/late"}],"recorded":"2024-01-02T00:00:00Z","agent":[{"who":{"display":"x"}}]}
            """;

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(server);
        Ward.load(server, DATA);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void provenanceAboutAnyResourceOfTheCompartmentsComesUnlessTypesLeaveItOut() {
        assertThat(provenance("/Patient/$export")).containsExactly("of-bob", "of-obs-1", "of-obs-2");
        assertThat(provenance("/Group/only-ann/$export")).containsExactly("of-obs-1", "of-obs-2");
        assertThat(provenance("/Group/only-ann/$export?_type=Provenance")).containsExactly("of-obs-1", "of-obs-2");
        assertThat(provenance("/Group/only-ann/$export?_type=Patient")).isEmpty();
        assertThat(provenance("/$export")).contains("of-clinic", "early");
    }

    @Test
    void relevantProvenanceIsThatAboutTheExportedResourcesAloneWhateverTheTypes() {
        String relevant = "includeAssociatedData=RelevantProvenanceResources";
        assertThat(provenance("/$export?_type=Observation&" + relevant))
                .containsExactly("of-bob", "of-obs-1", "of-obs-2");
        assertThat(provenance("/$export?_type=Organization&" + relevant)).containsExactly("of-clinic");
        assertThat(provenance("/Group/only-ann/$export?_type=Patient,Encounter&" + relevant))
                .isEmpty();
        assertThat(provenance("/$export?_type=Observation&_typeFilter=Observation%3Fcode%3D8480-6&" + relevant))
                .containsExactly("of-bob");
    }

    @Test
    void latestProvenanceIsWhatWasRecordedLastAboutEachResource() {
        String latest = "includeAssociatedData=LatestProvenanceResources";
        // Noon in a zone of eleven hours is one in the morning, an hour after of-obs-1.
        assertThat(provenance("/$export?_type=Observation&" + latest)).containsExactly("of-bob", "of-obs-2");
        assertThat(provenance("/$export?_type=Observation&" + latest + ",RelevantProvenanceResources"))
                .containsExactly("of-bob", "of-obs-1", "of-obs-2");
    }

    @Test
    void whatIsReferredToComesOnceAsFarAsReferencesAreFollowed() {
        String types = "&_includeReferenced=Practitioner,PractitionerRole,Organization";
        assertThat(client.export("/Group/only-ann/$export?_type=Encounter" + types)
                        .keys())
                .containsExactly("Encounter/visit", "PractitionerRole/role");
        assertThat(client.export("/Group/only-ann/$export?_type=Encounter" + types + "&_includeReferencedDepth=2")
                        .keys())
                .containsExactly("Encounter/visit", "Organization/clinic", "Practitioner/doc", "PractitionerRole/role");
        Export three = client.export("/Group/only-ann/$export?_type=Encounter" + types + "&_includeReferencedDepth=3");
        assertThat(three.keys()).contains("Organization/holding").doesNotContain("Practitioner/unseen");
        assertThat(dangling(three)).containsExactly("Organization 1", "Patient 1");
    }

    @Test
    void filtersHoldForWhatRefersAndForWhatIsReferredTo() {
        String path = "/$export?_type=Patient&_includeReferenced=Organization&_typeFilter=Patient%3Fgender%3D";
        assertThat(client.export(path + "female").keys()).containsExactly("Patient/ann");
        Export male = client.export(path + "male");
        assertThat(male.keys()).containsExactly("Organization/clinic", "Patient/bob");
        assertThat(dangling(male)).containsExactly("Organization 1");
        assertThat(client.export("/$export?_type=Patient,Organization&_includeReferenced=Organization"
                                + "&_typeFilter=Organization%3Fname%3DHolding")
                        .keys())
                .containsExactly("Organization/holding", "Patient/ann", "Patient/bob");
        assertThat(client.export(
                                "/Patient/$export?_type=Patient,Observation&_includeReferenced=Organization,Observation"
                                        + "&_typeFilter=Observation%3Fcode%3D8480-6")
                        .keys())
                .containsExactly("Observation/of-bob", "Organization/clinic", "Patient/ann", "Patient/bob");
    }

    /** Planning finds Provenance without its filters; the unit tests them. */
    @Test
    void filtersHoldForProvenance() {
        String ofBob = "_type=Observation,Provenance&_typeFilter=Provenance%3F_id%3Dof-bob";
        assertThat(provenance("/$export?" + ofBob + "&includeAssociatedData=RelevantProvenanceResources"))
                .containsExactly("of-bob");
        assertThat(provenance("/Patient/$export?" + ofBob)).containsExactly("of-bob");
    }

    @Test
    void whatProvenanceRefersToIsFollowedToo() {
        assertThat(client.export("/Group/only-ann/$export?_type=Provenance&_includeReferenced=Practitioner")
                        .keys())
                .containsExactly("Practitioner/doc", "Provenance/of-obs-1", "Provenance/of-obs-2");
        assertThat(client.export("/Patient/$export?_type=Patient&_includeReferenced=Organization"
                                + "&includeAssociatedData=RelevantProvenanceResources")
                        .keys())
                .containsExactly(
                        "Organization/clinic",
                        "Patient/ann",
                        "Patient/bob",
                        "Provenance/of-clinic",
                        "Provenance/of-obs-2");
    }

    private static List<String> dangling(Export export) {
        List<String> dangling = new ArrayList<>();
        for (JsonNode entry : export.manifest().path("extension").path("dangling")) {
            dangling.add(
                    entry.path("type").asString() + " " + entry.path("count").asInt());
        }
        return dangling;
    }

    private Stream<String> provenance(String path) {
        return client.export(path).keys().stream()
                .filter(key -> key.startsWith("Provenance/"))
                .map(key -> key.substring("Provenance/".length()));
    }
}
