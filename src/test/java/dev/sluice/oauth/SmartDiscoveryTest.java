package dev.sluice.oauth;

import static dev.sluice.oauth.TokenClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How clients find the token endpoint, and what it says to requests that it does not understand. */
@IntegrationTest
class SmartDiscoveryTest {
    private static final TokenClient LAKE = new TokenClient("lake", TokenClient.RSA);

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start(
                TokenClient.options("lake.jwks=" + TokenClient.jwks(TokenClient.RSA), "lake.scopes=system/*.rs"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theConfigurationIsAtTheRootAndBelowTheBaseWhateverIsAccepted() {
        HttpResponse<String> below = server.get("/.well-known/smart-configuration", "Accept", "text/html");
        HttpResponse<String> root = server.get(server.root() + "/.well-known/smart-configuration");

        assertThat(below.statusCode()).isEqualTo(200);
        assertThat(below.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(root.body()).isEqualTo(below.body());
        ObjectNode configuration = json(below);
        assertThat(configuration.path("token_endpoint").asString()).isEqualTo(TokenClient.TOKEN_URL);
        assertThat(texts(configuration, "grant_types_supported")).containsExactly("client_credentials");
        assertThat(texts(configuration, "token_endpoint_auth_methods_supported"))
                .containsExactly("private_key_jwt");
        assertThat(texts(configuration, "token_endpoint_auth_signing_alg_values_supported"))
                .containsExactly("RS384", "ES384");
        assertThat(texts(configuration, "code_challenge_methods_supported")).containsExactly("S256");
        assertThat(texts(configuration, "capabilities"))
                .containsExactly("client-confidential-asymmetric", "permission-v1", "permission-v2");
        assertThat(texts(configuration, "scopes_supported"))
                .contains("system/*.rs", "system/*.read", "sluice/import", "sluice/admin");
    }

    @Test
    void tokensAreNotSaidToBeBoundToCertificates() {
        HttpResponse<String> resource = server.get(server.root() + "/.well-known/oauth-protected-resource");

        assertThat(json(resource)
                        .path("tls_client_certificate_bound_access_tokens")
                        .asBoolean())
                .isFalse();
    }

    private static List<String> texts(ObjectNode json, String name) {
        return json.path(name).valueStream().map(JsonNode::asString).toList();
    }

    @Test
    void theCapabilityStatementNamesTheTokenUrl() {
        JsonNode security = json(server.get("/metadata")).path("rest").path(0).path("security");

        assertThat(security.path("service")
                        .path(0)
                        .path("coding")
                        .path(0)
                        .path("code")
                        .asString())
                .isEqualTo("SMART-on-FHIR");
        JsonNode uris = security.path("extension").path(0);
        assertThat(uris.path("url").asString())
                .isEqualTo("http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
        assertThat(uris.path("extension").path(0).path("valueUri").asString()).isEqualTo(TokenClient.TOKEN_URL);
    }

    @Test
    void otherRequestsAreRefusedInTheTermsOfOauth() {
        Map<String, String> form = new LinkedHashMap<>();
        error("invalid_request", form);
        form.put("grant_type", "authorization_code");
        error("unsupported_grant_type", form);
        form.put("grant_type", "client_credentials");
        error("invalid_client", form);
        form.put("client_assertion", LAKE.assertion());
        error("invalid_client", form);
        form.put("client_assertion_type", "jwt");
        error("invalid_client", form);
        form.put("client_assertion_type", TokenClient.ASSERTION_TYPE);
        form.put("client_id", "narrow");
        error("invalid_client", form);
        form.put("client_id", "lake");
        form.put("client_assertion", "[".repeat(15_000));
        error("invalid_client", form);
    }

    private static void error(String error, Map<String, String> form) {
        HttpResponse<String> response = TokenClient.post(server, form);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("error").asString()).isEqualTo(error);
        assertThat(json(response).path("error_description").asString()).isNotEmpty();
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void formsThatCannotBeReadAreRefused() {
        String url = server.root() + "/oauth/token";
        String form = "application/x-www-form-urlencoded";
        String twice = "grant_type=client_credentials&grant_type=client_credentials";
        for (HttpResponse<String> response : List.of(
                server.post(url, form, twice),
                server.post(url, "application/json", "{}"),
                server.post(url, form, "%zz=%"),
                server.post(url, form, "a=" + "x".repeat(100_000)))) {
            assertThat(response.statusCode()).as(response.body()).isIn(400, 413);
            assertThat(json(response).path("error").asString()).isEqualTo("invalid_request");
        }
        assertThat(server.get(url).statusCode()).isEqualTo(405);
    }

    @Test
    void aClientThatSendsASecretIsToldSo() {
        HttpResponse<String> response = server.post(
                server.root() + "/oauth/token",
                "application/x-www-form-urlencoded",
                "grant_type=client_credentials&scope=system/*.rs",
                "Authorization",
                "Basic bGFrZTpzZWNyZXQ=");

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"token\"");
        assertThat(json(response).path("error").asString()).isEqualTo("invalid_client");
    }
}
