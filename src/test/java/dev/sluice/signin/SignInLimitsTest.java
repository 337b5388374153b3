package dev.sluice.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a browser can have the server ask the provider. */
@IntegrationTest
class SignInLimitsTest {
    private LoginProvider provider;
    private SluiceServer server;

    @BeforeEach
    void start() throws IOException {
        provider = new LoginProvider();
        provider.knows("u1", "sluice-viewer");
        server = SluiceServer.start(provider.options());
    }

    @AfterEach
    void stop() {
        server.close();
        provider.close();
    }

    @Test
    void aSignInThatWasBegunLeadsToTheProviderOnce() {
        PersonAtBrowser person = new PersonAtBrowser(server);
        String callback = person.begin("/console/signin/start");
        Map<String, String> cookies = Map.copyOf(person.cookies());
        int before = provider.tokenRequests();

        HttpResponse<String> first = person.open(callback.replaceFirst("code=[^&]*", "code=random"));
        person.cookies().putAll(cookies);
        HttpResponse<String> again = person.open(callback.replaceFirst("code=[^&]*", "code=another"));

        assertThat(first.statusCode()).isEqualTo(401);
        assertThat(first.body()).contains("The answer of the provider is not valid");
        assertThat(again.statusCode()).isEqualTo(401);
        assertThat(again.body()).contains("was used before");
        assertThat(provider.tokenRequests()).isEqualTo(before + 1);
    }

    @Test
    void anAddressFailsSoOften() {
        for (int success = 0; success <= CallbackLimit.FAILURES; success++) {
            assertThat(new PersonAtBrowser(server).signIn().statusCode()).isEqualTo(302);
        }
        PersonAtBrowser person = new PersonAtBrowser(server);
        HttpResponse<String> refused = person.open("/console/signin/callback?state=s&code=c");
        for (int failure = 1; refused.statusCode() == 401 && failure < 2 * CallbackLimit.FAILURES; failure++) {
            refused = person.open("/console/signin/callback?state=s&code=c");
        }

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("60");
        assertThat(refused.body()).contains("Too many sign-ins from your address have failed");
        int before = provider.tokenRequests();
        assertThat(person.signIn().statusCode()).isIn(302, 429); // one permit comes back each second
        assertThat(provider.tokenRequests()).isBetween(before, before + 1);
        assertThat(person.open("/console/signin").statusCode())
                .as("other pages")
                .isEqualTo(200);
    }
}
