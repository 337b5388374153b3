package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;

/** A handful of resources that has every case of membership once. */
final class Ward {
    /** Two patients and one who is deleted, what belongs to them, and what belongs to nobody. */
    static final String NDJSON = """
            {"resourceType":"Organization","id":"clinic","name":"Clinic"}
            {"resourceType":"Patient","id":"ann","gender":"female","birthDate":"1980-02-29"}
            {"resourceType":"Patient","id":"bob","gender":"male","managingOrganization":{"reference":"Organization/clinic"}}
            {"resourceType":"Patient","id":"gone","gender":"other"}
            {"resourceType":"Observation","id":"of-ann","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}]},"subject":{"reference":"Patient/ann"},"valueQuantity":{"value":1.00,"unit":"m"}}
            {"resourceType":"Observation","id":"of-bob","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"subject":{"reference":"Patient/bob"},"valueQuantity":{"value":1E-22}}
            {"resourceType":"Observation","id":"of-gone","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/gone"}}
            {"resourceType":"Observation","id":"of-nobody","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/never-written"}}
            {"resourceType":"Appointment","id":"of-both","status":"booked","participant":[{"actor":{"reference":"Patient/ann"},"status":"accepted"},{"actor":{"reference":"Patient/bob"},"status":"accepted"}]}
            {"resourceType":"Group","id":"only-ann","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/ann"}}]}
            {"resourceType":"Group","id":"former","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/ann"},"inactive":true},{"entity":{"reference":"Patient/bob"},"period":{"end":"2020-12-31"}},{"entity":{"reference":"Patient/gone"}}]}
            {"resourceType":"Group","id":"ring","type":"person","actual":true,"member":[{"entity":{"reference":"Group/ring"}},{"entity":{"reference":"Group/only-ann"}},{"entity":{"reference":"Patient/bob"},"period":{"start":"2020","end":"2999"}},{"entity":{"reference":"Group/missing"}},{"entity":{"display":"somebody"}}]}
            {"resourceType":"Group","id":"empty","type":"person","actual":true}
            """;

    private Ward() {}

    /** Loads the ward, and deletes {@code Patient/gone}. */
    static void load(SluiceServer server) {
        load(server, NDJSON);
        assertThat(server.delete("/Patient/gone").statusCode()).isEqualTo(204);
    }

    static void load(SluiceServer server, String ndjson) {
        HttpResponse<String> answer = server.post("/$import", "application/fhir+ndjson", ndjson);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
