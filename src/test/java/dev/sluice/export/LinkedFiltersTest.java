package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.SluiceServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters that ask about other resources, answered from the store. */
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
