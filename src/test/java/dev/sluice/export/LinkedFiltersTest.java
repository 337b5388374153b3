package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters that ask about other resources, answered from the store. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class LinkedFiltersTest {
    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Observation?subject:Patient.gender=female | Observation/of-ann",
                "Observation?patient.birthdate=lt1990 | Observation/of-ann",
                "Observation?subject:Patient.organization.name=Clinic | Observation/of-bob",
                "Observation?subject:Patient.gender=other | ",
                "Patient?_has:Observation:subject:code=http://loinc.org%7C8480-6 | Patient/bob",
                "Patient?_has:Observation:patient:code=8302-2,8480-6 | Patient/ann Patient/bob",
                "Organization?_has:Patient:organization:_has:Observation:patient:code=8480-6 | Organization/clinic",
                "Organization?_has:Patient:organization:_has:Observation:patient:code=8302-2 | "
            })
    void takeWhatTheResourcesThatAreLinkedSay(String filter, String keys) {
        String type = filter.substring(0, filter.indexOf('?'));

        ExportClient.Export export = client.export("/$export?_type=" + type + "&_typeFilter=" + encoded(filter));

        assertThat(String.join(" ", export.keys())).isEqualTo(keys == null ? "" : keys);
    }

    /** What lies over the edge of two windows is in both, as a value of its own, in a chain and in the reverse of one. */
    @Test
    void takeWhatOverlapsAWindow() {
        Ward.load(server, """
                {"resourceType":"Encounter","id":"x-ny","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/ann"},"period":{"start":"2024-12-31T20:00:00Z","end":"2025-01-01T06:00:00Z"}}
                {"resourceType":"Encounter","id":"x-ny2","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/ann"},"period":{"start":"2024-11-20T08:00:00Z","end":"2025-01-01T10:00:00Z"}}
                {"resourceType":"Condition","id":"in-ny","subject":{"reference":"Patient/ann"},"encounter":{"reference":"Encounter/x-ny"}}
                """);

        for (int year = 2024; year <= 2026; year++) {
            String window = "ge" + year + "-01-01&date=le" + year + "-12-31";
            String from = "=ge" + year + "-01-01";
            assertThat(keys("Encounter?date=" + window))
                    .isEqualTo(year == 2026 ? List.of() : List.of("Encounter/x-ny", "Encounter/x-ny2"));
            assertThat(keys("Condition?encounter.date" + from))
                    .isEqualTo(year == 2026 ? List.of() : List.of("Condition/in-ny"));
            assertThat(keys("Patient?_has:Encounter:patient:date" + from))
                    .isEqualTo(year == 2026 ? List.of() : List.of("Patient/ann"));
        }
    }

    private List<String> keys(String filter) {
        String type = filter.substring(0, filter.indexOf('?'));
        return client.export("/$export?_type=" + type + "&_typeFilter=" + encoded(filter))
                .keys();
    }

    @Test
    void seeOtherResourcesAsOfTheMomentToo() {
        String path = "/$export?_type=Observation&_typeFilter=" + encoded("Observation?subject:Patient.gender=male");
        HttpResponse<String> kickOff = client.kickOff(path);
        server.put(
                "/Patient/bob",
                "application/fhir+json",
                "{\"resourceType\":\"Patient\",\"id\":\"bob\",\"gender\":\"female\"}");

        assertThat(client.await(kickOff).keys()).containsExactly("Observation/of-bob");
        assertThat(client.export(path).keys()).isEmpty();
        Ward.load(server);
    }

    private static String encoded(String filter) {
        return URLEncoder.encode(filter.replace("%7C", "|"), StandardCharsets.UTF_8);
    }
}
