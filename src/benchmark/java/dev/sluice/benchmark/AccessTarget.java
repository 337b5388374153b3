package dev.sluice.benchmark;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A server with a dozen Patients, and its only client, which sends an access token if the server asks for one. */
final class AccessTarget implements AutoCloseable {
    private static final int PATIENTS = 12;
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final String CLIENT = "bench";
    private static final String HEAP = "512m";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Server server;
    private final @Nullable ECKey key;
    private final String paused;
    private @Nullable String token;

    private AccessTarget(Server server, @Nullable ECKey key) {
        this.server = server;
        this.key = key;
        renewToken();
        for (int i = 1; i <= PATIENTS; i++) {
            String id = "bench-" + i;
            String body = "{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}";
            send(request(server.base() + "/Patient/" + id)
                    .header("Content-Type", "application/fhir+json")
                    .PUT(BodyPublishers.ofString(body)));
        }
        paused = pause();
    }

    /** An export that has not ended when it is paused. A small one may have. */
    private String pause() {
        String job = kickOff();
        while (sendAny(request(job + "/$pause").POST(BodyPublishers.noBody())).statusCode() == 409) {
            job = kickOff();
        }
        return job;
    }

    /** The URL of the status of an export that has not ended. */
    String paused() {
        return paused;
    }

    /** An export that has finished: the URLs of its status and of its file. */
    record Answer(String job, String file) {}

    static AccessTarget open(String database, Path folder) {
        return new AccessTarget(start("open", database, folder, List.of()), null);
    }

    /** In mode open, with an audit log. */
    static AccessTarget audited(String database, Path folder) {
        return new AccessTarget(start("audited", database, folder, List.of("--sluice.audit.enabled=true")), null);
    }

    static AccessTarget smart(String database, Path folder) {
        try {
            ECKey key = new ECKeyGenerator(Curve.P_384).keyID("bench").generate();
            String client = "--sluice.security.clients." + CLIENT;
            List<String> settings = List.of(
                    "--sluice.security.mode=smart",
                    "--sluice.security.allow-http=true",
                    "--sluice.security.requests-per-minute=1000000",
                    client + ".jwks=" + new JWKSet(key.toPublicJWK()),
                    client + ".scopes=system/*.cruds");
            return new AccessTarget(start("smart", database, folder, settings), key);
        } catch (JOSEException e) {
            throw new BenchmarkException("No key could be made", e);
        }
    }

    private static Server start(String name, String database, Path folder, List<String> settings) {
        List<String> all = new ArrayList<>(settings);
        all.add("--spring.datasource.url=" + database);
        all.add("--sluice.home=" + folder.resolve("home-" + name));
        return Server.start(folder.resolve(name + ".log"), HEAP, all);
    }

    /** Gets a token, which lives for five minutes. */
    void renewToken() {
        if (key == null) {
            return;
        }
        String url = server.base().resolve("/oauth/token").toString();
        String form = "grant_type=client_credentials&scope=system%2F*.cruds&client_assertion_type="
                + "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="
                + assertion(key, url);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        token = FhirJson.parseObject(send(request).body().getBytes(StandardCharsets.UTF_8))
                .path("access_token")
                .asString();
    }

    private static String assertion(ECKey key, String audience) {
        try {
            JWTClaimsSet claims = new JWTClaimsSet.Builder()
                    .issuer(CLIENT)
                    .subject(CLIENT)
                    .audience(audience)
                    .expirationTime(Date.from(Clock.systemUTC().instant().plusSeconds(60)))
                    .jwtID(UUID.randomUUID().toString())
                    .build();
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES384)
                    .keyID(key.getKeyID())
                    .type(JOSEObjectType.JWT)
                    .build();
            SignedJWT jwt = new SignedJWT(header, claims);
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new BenchmarkException("No assertion could be signed", e);
        }
    }

    /** Returns the URL of the status. */
    String kickOff() {
        return send(request(server.base() + "/$export?_type=Patient")
                        .header("Accept", "application/fhir+json")
                        .header("Prefer", "respond-async"))
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
    }

    HttpResponse<String> get(String url) {
        return send(request(url));
    }

    Answer export() {
        return finished(kickOff());
    }

    /** Waits for the end of an export. */
    Answer finished(String job) {
        HttpResponse<String> status = get(job);
        while (status.statusCode() == 202) {
            Client.pause(5);
            status = get(job);
        }
        String file = FhirJson.parseObject(status.body().getBytes(StandardCharsets.UTF_8))
                .path("output")
                .path(0)
                .path("url")
                .asString();
        return new Answer(job, file);
    }

    void release(Answer export) {
        send(request(export.job()).DELETE());
    }

    @Override
    public void close() {
        server.close();
    }

    private HttpRequest.Builder request(String url) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LONGEST);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        HttpResponse<String> response = sendAny(request);
        if (response.statusCode() >= 300) {
            throw new BenchmarkException(
                    response.uri() + " was answered by " + response.statusCode() + ": " + response.body());
        }
        return response;
    }

    private static HttpResponse<String> sendAny(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new BenchmarkException(request.build().uri() + " did not answer", e);
        } catch (InterruptedException e) {
            throw BenchmarkException.interrupted(e);
        }
    }
}
