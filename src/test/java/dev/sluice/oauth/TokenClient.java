package dev.sluice.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A client of the token endpoint, as SMART Backend Services describes it. */
final class TokenClient {
    static final String BASE = "https://fhir.example.org/fhir";
    static final String TOKEN_URL = "https://fhir.example.org/oauth/token";
    static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    static final JWK RSA = rsa("rsa-1");
    static final JWK EC = ec("ec-1");

    private final String id;
    private final JWK key;

    TokenClient(String id, JWK key) {
        this.id = id;
        this.key = key;
    }

    static JWK rsa(String kid) {
        try {
            return new RSAKeyGenerator(2048).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWK ec(String kid) {
        try {
            return new ECKeyGenerator(Curve.P_384).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public keys, as a client publishes them. */
    static String jwks(JWK... keys) {
        return new JWKSet(java.util.List.of(keys)).toString(true);
    }

    /** The options of a server in mode smart whose clients are given as {@code <id>.<key>=<value>}. */
    static String[] options(String... clients) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(
                                "--sluice.security.mode=smart",
                                "--sluice.security.allow-http=true",
                                "--sluice.base-url=" + BASE),
                        java.util.stream.Stream.of(clients)
                                .map(client ->
                                        client.startsWith("--") ? client : "--sluice.security.clients." + client))
                .toArray(String[]::new);
    }

    static Instant now() {
        return Clock.systemUTC().instant();
    }

    /** An assertion in which a test changes something. */
    String assertion(Consumer<JWTClaimsSet.Builder> claims, Consumer<JWSHeader.Builder> header) {
        JWTClaimsSet.Builder body = new JWTClaimsSet.Builder()
                .issuer(id)
                .subject(id)
                .audience(TOKEN_URL)
                .expirationTime(Date.from(now().plusSeconds(300)))
                .jwtID(UUID.randomUUID().toString());
        claims.accept(body);
        JWSAlgorithm algorithm = key.getKeyType().equals(KeyType.RSA) ? JWSAlgorithm.RS384 : JWSAlgorithm.ES384;
        JWSHeader.Builder head = new JWSHeader.Builder(algorithm)
                .type(com.nimbusds.jose.JOSEObjectType.JWT)
                .keyID(key.getKeyID());
        header.accept(head);
        return sign(head.build(), body.build());
    }

    String assertion(Consumer<JWTClaimsSet.Builder> claims) {
        return assertion(claims, header -> {});
    }

    String assertion() {
        return assertion(claims -> {});
    }

    private String sign(JWSHeader header, JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims);
            JWSSigner signer = new DefaultJWSSignerFactory().createJWSSigner(key, header.getAlgorithm());
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks for a token with this assertion. */
    static HttpResponse<String> request(SluiceServer server, String assertion, @Nullable String scope) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        form.put("client_assertion_type", ASSERTION_TYPE);
        form.put("client_assertion", assertion);
        if (scope != null) {
            form.put("scope", scope);
        }
        return post(server, form);
    }

    static HttpResponse<String> post(SluiceServer server, Map<String, String> form) {
        String body = form.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return server.post(server.root() + "/oauth/token", "application/x-www-form-urlencoded", body);
    }

    HttpResponse<String> request(SluiceServer server, String scope) {
        return request(server, assertion(), scope);
    }

    /** An access token, as a header. */
    String[] authorization(SluiceServer server, String scope) {
        HttpResponse<String> response = request(server, scope);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return new String[] {
            "Authorization", "Bearer " + json(response).path("access_token").asString()
        };
    }

    static ObjectNode json(HttpResponse<String> response) {
        return FhirJson.parseObject(response.body().getBytes(StandardCharsets.UTF_8));
    }
}
