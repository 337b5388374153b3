package dev.sluice.oidc;

import static dev.sluice.oidc.OidcTest.bearer;
import static dev.sluice.oidc.OidcTest.serverFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWKSet;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.oauth.ClientRegistration;
import dev.sluice.oauth.ClientRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator says of the clients of a provider, and what operates the server. */
@IntegrationTest
class OperatedClientsTest {
    private static MockProvider provider;
    private static SluiceServer server;

    @BeforeAll
    static void start() throws IOException {
        provider = new MockProvider();
        server = serverFor(provider.issuer(), "--management.endpoints.web.base-path=/manage");
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @Test
    void aClientIsDisabledHoweverItsGuidIsWritten() {
        String id = "8e1fd4a1-1b1c-4d0e-9a43-5e2c1fb0a111";
        assertThat(server.get("/Group", bearer(provider.token(id, "globalReader")))
                        .statusCode())
                .isEqualTo(200);

        server.bean(ClientRegistry.class).enable(id.toUpperCase(Locale.ROOT), false);

        await().until(() ->
                server.get("/Group", bearer(provider.token(id, "globalReader"))).statusCode() == 401);
    }

    @Test
    void theLimitsOfAClientInTheDatabaseHold() {
        String[] token = bearer(provider.token("grouped", "globalReader"));
        assertThat(server.get("/Patient/p1", token).statusCode()).isEqualTo(404);

        String keys = new JWKSet(provider.key.toPublicJWK()).toString();
        server.bean(ClientRegistry.class)
                .add(new ClientRegistration(
                        "grouped", List.of("system/*.rs"), null, keys, List.of("g1"), null, null, null));

        await().until(() -> server.get("/Patient/p1", token).statusCode() == 403);
    }

    @Test
    void metricsNeedThePermissionWhereverTheyAre() {
        String metrics = server.root() + "/manage/prometheus";
        assertThat(server.get(metrics).statusCode()).isEqualTo(401);
        assertThat(server.get(metrics, bearer(provider.token("etl", "globalExporter")))
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.get(metrics, bearer(provider.token("etl", "globalAdmin")))
                        .statusCode())
                .isEqualTo(200);
        for (String health : List.of("/manage/health", "/manage/health/liveness", "/manage/health/readiness")) {
            assertThat(server.get(server.root() + health).statusCode())
                    .as(health)
                    .isEqualTo(200);
        }
    }
}
