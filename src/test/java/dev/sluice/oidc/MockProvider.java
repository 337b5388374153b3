package dev.sluice.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID provider on loopback: it publishes a key, and makes whatever token a test needs. */
final class MockProvider implements AutoCloseable {
    private final HttpServer server;
    final RSAKey key = newKey("one");
    final AtomicInteger keyRequests = new AtomicInteger();

    MockProvider() throws IOException {
        this(0);
    }

    MockProvider(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        answer("/.well-known/openid-configuration", () -> """
                {"issuer":"%s","jwks_uri":"%s/keys","subject_types_supported":["public"]}""".formatted(issuer(), issuer()));
        answer("/keys", () -> {
            keyRequests.incrementAndGet();
            return new JWKSet(key.toPublicJWK()).toString();
        });
        server.start();
    }

    String issuer() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    int port() {
        return server.getAddress().getPort();
    }

    static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The claims of a valid token of a program, without roles. */
    JWTClaimsSet.Builder program(String client) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience("api://sluice")
                .subject(client)
                .claim("azp", client)
                .issueTime(in(0))
                .expirationTime(in(300));
    }

    static Date in(long seconds) {
        return Date.from(Instant.ofEpochMilli(System.currentTimeMillis()).plusSeconds(seconds));
    }

    /** A token of the program with these roles. */
    String token(String client, String... roles) {
        return sign(program(client).claim("roles", java.util.List.of(roles)).build(), key);
    }

    static String sign(JWTClaimsSet claims, RSAKey key) {
        return sign(
                claims,
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(key.getKeyID())
                        .type(JOSEObjectType.JWT)
                        .build(),
                signer(key));
    }

    static String sign(JWTClaimsSet claims, JWSHeader header, JWSSigner signer) {
        try {
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JWSSigner signer(RSAKey key) {
        try {
            return new RSASSASigner(key);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(String path, java.util.function.Supplier<String> body) {
        server.createContext(path, exchange -> {
            byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().putAll(Map.of("Content-Type", java.util.List.of("application/json")));
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
