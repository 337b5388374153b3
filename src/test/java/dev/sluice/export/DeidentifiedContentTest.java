package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.blob.BlobPath;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.StoredBlob;
import dev.sluice.blob.StoredBlobs;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slf4j.LoggerFactory;

/** What leaves the server by a de-identified export beside the lines that rules change: nothing of a resource. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class DeidentifiedContentTest {
    private static final String RIGHT = "application/fhir+json";

    /** Everything that identifies has the word marker. */
    private static final String MARKED = """
            {"resourceType":"Patient","id":"marker-p1","identifier":[{"system":"urn:marker","value":"marker-1"}],"name":[{"family":"Marker","given":["marker"]}],"birthDate":"1980-02-29","address":[{"city":"Markerville","postalCode":"12345"}],"text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>marker</div>"},"extension":[{"url":"http://example.org/x","valueString":"marker"}]}
            {"resourceType":"Patient","id":"marker-p2","name":[{"text":"marker"}],"meta":{"tag":"marker"}}
            {"resourceType":"Observation","id":"marker-o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}],"text":"marker"},"subject":{"reference":"Patient/marker-p1","display":"marker"},"note":[{"text":"marker"}],"valueString":"marker"}
            {"resourceType":"Observation","id":"marker-o2","status":"final","code":{"text":"marker"},"subject":{"reference":"Patient/marker-p2"},"contained":[{"resourceType":"Practitioner","id":"marker","name":[{"family":"Marker"}]}]}
            {"resourceType":"Group","id":"marker-g","type":"person","actual":true,"name":"marker","member":[{"entity":{"reference":"Patient/marker-p1"}},{"entity":{"reference":"Patient/marker-p2"}},{"entity":{"reference":"Group/marker-missing"}},{"entity":{"display":"marker"}}]}
            """;

    private final SluiceServer server = SluiceServer.start("--logging.level.dev.sluice=debug");
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(server, MARKED);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void noFileNoNameAndNoLineOfTheLogHasAWordOfAResource() throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger("dev.sluice");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        try {
            String rules = "&_anonymizationConfig=preset:safe-harbor";
            client.export("/$export?_container=everything" + rules);
            client.export("/Patient/$export?_elements=id,name,code&_container=elements" + rules);
            client.export("/Group/marker-g/$export?_type=Patient,Observation&_typeFilter="
                    + "Observation%3Fpatient.name%3Dmarker&_container=filters" + rules);
            Export organized = client.await(server.post(
                    "/Group/marker-g/$export?_container=organized&organizeOutputBy=Patient" + rules,
                    RIGHT,
                    "{\"resourceType\":\"Parameters\",\"parameter\":["
                            + "{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/marker-p1\"}},"
                            + "{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/marker-none\"}}]}",
                    "Accept",
                    RIGHT,
                    "Prefer",
                    "respond-async, handling=lenient"));
            assertThat(OrganizedExports.of(server, organized).blocks()).hasSize(1);
        } finally {
            root.detachAppender(log);
        }
        int files = 0;
        for (String container : List.of("everything", "elements", "filters", "organized")) {
            for (BlobPath file : StoredBlobs.in(server.bean(BlobStore.class), container)) {
                assertThat(file.key()).doesNotContainIgnoringCase("marker");
                assertThat(text(file)).as(file.toString()).doesNotContainIgnoringCase("marker");
                files++;
            }
        }
        assertThat(files).isGreaterThan(12);
        assertThat(log.list).isNotEmpty();
        assertThat(log.list.stream()
                        .map(event -> event.getFormattedMessage() + messages(event.getThrowableProxy()))
                        .filter(line -> !line.contains("GET /") && !line.contains("POST /")))
                .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("marker"));
    }

    @Test
    void earlierVersionsAreDeidentifiedToo() {
        server.put(
                "/Practitioner/a",
                RIGHT,
                "{\"resourceType\":\"Practitioner\",\"id\":\"a\",\"name\":[{\"text\":\"One\"}]}");
        server.put(
                "/Practitioner/a",
                RIGHT,
                "{\"resourceType\":\"Practitioner\",\"id\":\"a\",\"name\":[{\"text\":\"Two\"}]}");
        ExportSteps.putRules(
                server, "names.json", "{\"fhirPathRules\":[{\"path\":\"Practitioner.name\",\"method\":\"redact\"}]}");

        String files = ExportSteps.files(
                server,
                "/$export?_type=Practitioner&includeAssociatedData=_history&_container=history&_anonymizationConfig=names.json",
                "output");

        assertThat(files.lines()).hasSize(2).allMatch(line -> line.contains("REDACTED"));
        assertThat(files).doesNotContain("One", "Two").contains("\"versionId\":\"1\"", "\"versionId\":\"2\"");
    }

    @Test
    void rulesMayAskForElementsThatAreNotRequested() {
        server.put(
                "/RelatedPerson/a",
                RIGHT,
                "{\"resourceType\":\"RelatedPerson\",\"id\":\"a\",\"patient\":{\"reference\":\"Patient/marker-p1\"},"
                        + "\"active\":true,\"gender\":\"male\",\"birthDate\":\"1950-02-03\"}");
        ExportSteps.putRules(
                server,
                "conditions.json",
                "{\"fhirPathRules\":[{\"path\":\"RelatedPerson.where(gender = 'male').birthDate\",\"method\":\"redact\"}]}");

        String files = ExportSteps.files(
                server,
                "/$export?_type=RelatedPerson&_elements=birthDate&_container=conditions&_anonymizationConfig=conditions.json",
                "output");

        assertThat(files).doesNotContain("1950", "gender").contains("REDACTED", "SUBSETTED");
    }

    @Test
    void aRuleThatCannotBeAppliedEndsTheExportWithoutAWordOfTheResource() {
        ExportSteps.putRules(
                server,
                "substitute.json",
                "{\"fhirPathRules\":[{\"path\":\"Patient.name.first()\",\"method\":\"substitute\",\"replaceWith\":\"x\"}]}");
        HttpResponse<String> kickOff =
                client.kickOff("/$export?_type=Patient&_container=raised&_anonymizationConfig=substitute.json");
        assertThat(kickOff.statusCode()).as(kickOff.body()).isEqualTo(202);

        HttpResponse<String> end =
                client.awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());

        assertThat(outcome(500, end))
                .singleElement()
                .asString()
                .contains("Failed to anonymize resource.", "rule 1, path 'Patient.name.first()'")
                .doesNotContainIgnoringCase("marker");
        assertThat(StoredBlobs.in(server.bean(BlobStore.class), "raised")).isEmpty();
    }

    private String text(BlobPath file) throws IOException {
        try (StoredBlob blob = server.bean(BlobStore.class).open(file, 0, BlobStore.TO_THE_END)) {
            return new String(blob.content().readAllBytes(), UTF_8);
        }
    }

    private static String messages(IThrowableProxy fault) {
        return fault == null ? "" : fault.getMessage() + messages(fault.getCause());
    }
}
