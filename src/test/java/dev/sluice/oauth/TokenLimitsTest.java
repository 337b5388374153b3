package dev.sluice.oauth;

import static dev.sluice.oauth.TokenClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How many requests for tokens a client may send. */
@IntegrationTest
class TokenLimitsTest {
    private static final JWK OTHER = TokenClient.rsa("rsa-1");
    private static final TokenClient LAKE = new TokenClient("lake", TokenClient.RSA);

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start(TokenClient.options(
                "lake.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "lake.scopes=system/*.rs",
                "failing.jwks=" + TokenClient.jwks(TokenClient.RSA),
                "failing.scopes=system/*.rs"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void failuresOfAClientAreLimitedAndOfOthersNot() {
        HttpResponse<String> last = failUntilLimited(new TokenClient("failing", OTHER));

        assertThat(last.headers().firstValue("Retry-After")).contains("10");
        assertThat(json(last).path("error").asString()).isEqualTo("temporarily_unavailable");
        assertThat(LAKE.request(server, "system/*.rs").statusCode()).isEqualTo(200);
    }

    /** Else the 429 would tell a stranger which ids are registered. */
    @Test
    void failuresOfAnIdThatIsNotRegisteredAreCountedInTheSameWay() {
        failUntilLimited(new TokenClient("unregistered-1", OTHER));

        assertThat(new TokenClient("unregistered-2", OTHER)
                        .request(server, "system/*.rs")
                        .statusCode())
                .isEqualTo(400);
    }

    private static HttpResponse<String> failUntilLimited(TokenClient client) {
        HttpResponse<String> last = client.request(server, "system/*.rs");
        for (int i = 0; i < 60 && last.statusCode() != 429; i++) {
            last = client.request(server, "system/*.rs");
        }
        assertThat(last.statusCode()).isEqualTo(429);
        return last;
    }

    @Test
    void tokensCountAsRequestsOfTheClient() {
        String keys = "jwks=" + TokenClient.jwks(TokenClient.RSA);
        try (SluiceServer slow = SluiceServer.start(TokenClient.options(
                "--sluice.security.requests-per-minute=2",
                "lake." + keys,
                "lake.scopes=system/*.rs",
                "quiet." + keys,
                "quiet.scopes=system/*.rs"))) {
            LAKE.authorization(slow, "system/*.rs");
            LAKE.authorization(slow, "system/*.rs");

            HttpResponse<String> refusal = LAKE.request(slow, "system/*.rs");
            assertThat(refusal.statusCode()).isEqualTo(429);
            assertThat(json(refusal).path("error_description").asString()).contains("requests-per-minute");
            assertThat(new TokenClient("quiet", TokenClient.RSA)
                            .request(slow, "system/*.rs")
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
