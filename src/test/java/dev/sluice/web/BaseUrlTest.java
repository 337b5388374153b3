package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class BaseUrlTest {
    @Test
    void theAddressThatIsLoggedIsTheOneForClients() {
        assertThat(new BaseUrl(new WebSettings(null, null)).onPort("https", 8443))
                .isEqualTo("https://localhost:8443/fhir");
        assertThat(new BaseUrl(new WebSettings(URI.create("https://fhir.example.org/fhir/"), null)).onPort("http", 81))
                .isEqualTo("https://fhir.example.org/fhir on port 81");
    }
}
