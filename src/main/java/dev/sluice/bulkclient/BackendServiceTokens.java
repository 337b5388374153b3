package dev.sluice.bulkclient;

import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gets access tokens by SMART Backend Services, and a new one before the last one expires. Safe for use by any number of
 * threads.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/backend-services.html">SMART Backend Services</a>
 */
public final class BackendServiceTokens implements TokenProvider {
    private static final String CONFIGURATION = ".well-known/smart-configuration";
    private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /** SMART allows five minutes. */
    private static final Duration ASSERTION_LIFETIME = Duration.ofMinutes(4);

    /** Of a server that does not say how long its tokens live; SMART recommends five minutes. */
    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

    /** A token is replaced so long before its end, or after half of its life if that is shorter. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private static final int LARGEST_ANSWER = 1 << 20;

    private final ServerSession session;
    private final Registration client;
    private final Clock clock;
    private @Nullable Endpoint endpoint;
    private String current = "";
    private long renewAt;

    /**
     * The client, as it is registered with the server.
     *
     * @param tokenUrl of the token endpoint; null = the one that the server publishes
     * @param scope to ask for; null = all types, in the form that the server understands
     */
    public record Registration(
            String id,
            ClientKey key,
            @Nullable String tokenUrl,
            @Nullable String scope) {}

    /** @param ahead how much later it is there than by the clock of this machine */
    private record Endpoint(URI url, String scope, Duration ahead) {}

    /** @param base the FHIR base of the server */
    public BackendServiceTokens(String base, Registration client, Clock clock) {
        this.session = new ServerSession(base, NONE);
        this.client = client;
        this.clock = clock;
    }

    @Override
    public synchronized Optional<String> token() throws IOException {
        if (current.isEmpty() || System.nanoTime() - renewAt >= 0) {
            request();
        }
        return Optional.of(current);
    }

    /** Drops the token, unless another thread has done it. */
    @Override
    public synchronized boolean replace(String refused) {
        if (current.equals(refused)) {
            current = "";
        }
        return true;
    }

    private void request() throws IOException {
        Endpoint known = endpoint;
        if (known == null) {
            known = endpoint();
            endpoint = known;
        }
        ServerSession.requireProtected(known.url(), "the assertion of the client");
        long begin = System.nanoTime();
        ServerAnswer answer = session.send(
                HttpRequest.newBuilder(known.url())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofString(form(known)))
                        .build(),
                false);
        if (answer.status() != 200) {
            throw refusal(known, ServerFault.of(answer, clock::instant));
        }
        ObjectNode json = answer.json(LARGEST_ANSWER);
        String token = json.path("access_token").asString("");
        if (!token.matches("[!-~]+")) {
            throw BulkClientException.failed("The token endpoint " + known.url() + " gave no access token.");
        }
        current = token;
        Duration lifetime = json.path("expires_in").isNumber()
                ? Duration.ofSeconds(Math.max(0, json.path("expires_in").asLong(0)))
                : DEFAULT_LIFETIME;
        Duration half = lifetime.dividedBy(2);
        Duration use = half.compareTo(MARGIN) < 0 ? half : lifetime.minus(MARGIN);
        renewAt = begin + use.toNanos();
    }

    /** A token endpoint refuses a client by 400 as well as by 401. */
    private BulkClientException refusal(Endpoint known, ServerFault fault) {
        BulkClientException e =
                fault.exception("The request of client '" + client.id() + "' for an access token at " + known.url());
        return fault.status() == 400 ? new BulkClientException(BulkClientException.Kind.DENIED, e.sentence()) : e;
    }

    private String form(Endpoint known) {
        Instant now = clock.instant().plus(known.ahead());
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(client.id())
                .subject(client.id())
                .audience(known.url().toString())
                .expirationTime(Date.from(now.plus(ASSERTION_LIFETIME)))
                .jwtID(UUID.randomUUID().toString())
                .build();
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        form.put("scope", known.scope());
        form.put("client_assertion_type", ASSERTION_TYPE);
        form.put("client_assertion", client.key().sign(claims));
        return form.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private Endpoint endpoint() throws IOException {
        String scope = client.scope() == null ? "system/*.rs" : client.scope();
        if (client.tokenUrl() != null) {
            return new Endpoint(ServerSession.parse(client.tokenUrl()), scope, Duration.ZERO);
        }
        URI url = session.below(CONFIGURATION);
        ServerAnswer answer = session.send(
                HttpRequest.newBuilder(url).header("Accept", "application/json").build(), false);
        if (answer.status() != 200) {
            throw ServerFault.of(answer, clock::instant).exception("The request for " + url);
        }
        Duration ahead = answer.date()
                .map(time -> Duration.between(clock.instant(), time))
                .orElse(Duration.ZERO);
        ObjectNode configuration = answer.json(LARGEST_ANSWER);
        String tokenUrl = configuration.path("token_endpoint").asString("");
        if (tokenUrl.isEmpty()) {
            throw BulkClientException.failed(url + " names no token_endpoint; name it by --token-url.");
        }
        return new Endpoint(
                ServerSession.parse(tokenUrl),
                client.scope() == null && !knowsVersion2(configuration) ? "system/*.read" : scope,
                ahead);
    }

    /** Servers of SMART 1 know scopes such as {@code system/*.read} only. */
    private static boolean knowsVersion2(JsonNode configuration) {
        return has(configuration.path("capabilities"), "permission-v2")
                || has(configuration.path("scopes_supported"), "system/*.rs");
    }

    private static boolean has(JsonNode list, String text) {
        for (JsonNode each : list) {
            if (each.asString("").equals(text)) {
                return true;
            }
        }
        return false;
    }
}
