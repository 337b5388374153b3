package dev.sluice.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.oauth.ClientRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mode oidc with tokens of a real provider. {@code ./mvnw verify -Pkeycloak} downloads and unpacks Keycloak for it. */
@IntegrationTest
@Tag("keycloak")
@EnabledIfSystemProperty(named = "keycloak.home", matches = ".+")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeycloakTest {
    private static final String REALM = "hospital";

    @TempDir
    private static Path folder;

    private static Keycloak keycloak;
    private static SluiceServer server;

    @BeforeAll
    static void start() throws IOException {
        keycloak = Keycloak.start(folder.resolve("keycloak.log"));
        keycloak.create(REALM, "https://fhir.example.org");
        keycloak.create("other", "https://fhir.example.org");
        server = serverFor(REALM);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
        if (keycloak != null) {
            keycloak.close();
        }
    }

    @Test
    void aProgramMayDoWhatItsRolesSay() {
        SluiceServer etl = server.as(keycloak.token(REALM, "etl"));
        assertThat(kickOff(etl, "/$export")).isEqualTo(202);
        assertThat(etl.get("/Group").statusCode()).isEqualTo(200);
        assertThat(etl.get(etl.root() + "/actuator/prometheus").statusCode()).isEqualTo(403);

        SluiceServer patients = server.as(keycloak.token(REALM, "patients"));
        assertThat(kickOff(patients, "/$export?_type=Patient")).isEqualTo(202);
        assertThat(kickOff(patients, "/$export?_type=Observation")).isEqualTo(403);
    }

    @Test
    void aProgramWithoutARoleMayDoNothing() {
        SluiceServer roleless = server.as(keycloak.token(REALM, "roleless"));

        assertThat(kickOff(roleless, "/$export")).isEqualTo(403);
        assertThat(roleless.get("/Group").statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "service-account-console"})
    void aPersonIsRefusedWhateverTheNameIs(String name) {
        assertThat(server.as(keycloak.tokenOfPerson(REALM, name)).get("/Group").statusCode())
                .isEqualTo(401);
    }

    @Test
    void aPersonIsLetInWhereTheSettingsSaySo() {
        try (SluiceServer people = serverFor(REALM, "--sluice.security.oidc.allow-users=true")) {
            SluiceServer alice = people.as(keycloak.tokenOfPerson(REALM, "alice"));
            assertThat(alice.get("/Group").statusCode()).isEqualTo(200);
            assertThat(kickOff(alice, "/$export")).isEqualTo(403);
        }
    }

    @Test
    void aTokenOfAnotherRealmOrForAnotherServerIsRefused() {
        assertThat(kickOff(server.as(keycloak.token("other", "etl")), "/$export"))
                .isEqualTo(401);
        assertThat(kickOff(server.as(keycloak.token(REALM, "elsewhere")), "/$export"))
                .isEqualTo(401);
    }

    @Test
    void aDisabledClientIsRefused() {
        String token = keycloak.token(REALM, "leaver");
        assertThat(server.as(token).get("/Group").statusCode()).isEqualTo(200);

        keycloak.disable(REALM, "leaver");
        assertThat(keycloak.request(REALM, "leaver").statusCode()).isEqualTo(401);
        server.bean(ClientRegistry.class).enable("leaver", false); // its last token is valid for minutes
        assertThat(server.as(token).get("/Group").statusCode()).isEqualTo(401);
    }

    /** Last, since Keycloak is not there after it. */
    @Test
    @Order(Integer.MAX_VALUE)
    void tokensStayValidWithoutKeycloakAndAServerStartsWithoutIt() {
        String token = keycloak.token(REALM, "etl");
        assertThat(server.as(token).get("/Group").statusCode()).isEqualTo(200);

        keycloak.close();

        assertThat(server.as(token).get("/Group").statusCode()).isEqualTo(200);
        try (SluiceServer alone = serverFor(REALM)) {
            assertThat(alone.get("/metadata").statusCode()).isEqualTo(200);
            assertThat(alone.as(token).get("/Group").statusCode()).isEqualTo(503);
        }
    }

    private static SluiceServer serverFor(String realm, String... more) {
        return SluiceServer.start(Stream.concat(
                        Stream.of(
                                "--sluice.security.mode=oidc",
                                "--sluice.security.allow-http=true",
                                "--sluice.security.oidc.issuers=" + keycloak.issuer(realm),
                                "--sluice.security.oidc.audiences=api://sluice",
                                "--sluice.security.oidc.roles-claim=realm_access.roles"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private static int kickOff(SluiceServer caller, String path) {
        return caller.get(path, "Accept", "application/fhir+json", "Prefer", "respond-async")
                .statusCode();
    }
}
