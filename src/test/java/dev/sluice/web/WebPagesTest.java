package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of strangers in a real browser: they change nothing and read nothing. */
@SlowTest
class WebPagesTest {
    private static final String PATIENT = "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\"}";

    @TempDir
    Path folder;

    /** A body without a Content-Type needs no permission in a browser, and no page of another origin has one. */
    @Test
    void aPageOfAnotherOriginDeletesAndOverwritesNothing() throws Exception {
        try (Browser browser = new Browser(folder);
                SluiceServer server = SluiceServer.start()) {
            assertThat(server.put("/Patient/p", "application/fhir+json", PATIENT)
                            .statusCode())
                    .isEqualTo(201);

            String told = browser.open("""
                    <script>
                    const bundle = JSON.stringify({resourceType: "Bundle", type: "transaction", entry: [
                        {request: {method: "DELETE", url: "Patient/p"}}]});
                    const bytes = new TextEncoder().encode(bundle);
                    const send = body => fetch("%s", {method: "POST", mode: "no-cors", body: body});
                    send(bytes).then(() => send(new Blob([bundle]))).then(() => send(bundle))
                        .then(text => "sent", error => String(error))
                        .then(text => fetch("/told", {method: "POST", body: text}));
                    </script>
                    """.formatted(server.base()));

            assertThat(told).isEqualTo("sent");
            assertThat(server.get("/Patient/p").body()).contains("female");
        }
    }

    /** What DNS rebinding does: the page has the origin of the server, by a name that its owner gave the address. */
    @Test
    void aPageUnderAnotherNameReadsNothing() throws Exception {
        try (Browser browser = new Browser(folder);
                SluiceServer server = SluiceServer.start()) {
            assertThat(server.put("/Patient/p", "application/fhir+json", PATIENT)
                            .statusCode())
                    .isEqualTo(201);
            int port = server.root().getPort();

            String read = browser.read("http://rebound.example:" + port + "/fhir/Patient/p", "rebound.example");
            String own = browser.read("http://localhost:" + port + "/fhir/Patient/p", "rebound.example");

            assertThat(read).contains("OperationOutcome").doesNotContain("female");
            assertThat(own).contains("female");
        }
    }
}
