package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.HeldUnits;
import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.JobPriority;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import dev.sluice.security.Scope;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Who gives a job its priority: the operator, by the client or by the job, and no client. */
@IntegrationTest
class JobPrioritiesTest {
    private static final String ALL = "system/*.cruds";

    private static SluiceServer server;
    private static SluiceServer client;
    private static SluiceServer administrator;
    private static HeldUnits held;

    @BeforeAll
    static void start() {
        server = KnownTokens.server();
        client = server.as(KnownTokens.of("client", ALL));
        administrator = server.as(KnownTokens.of(
                "operator",
                new Permissions(List.of(Scope.find("system/*.rs").orElseThrow()), EnumSet.of(Operation.ADMINISTER)),
                ClientLimits.NONE));
        assertThat(client.put("/Patient/a", "application/fhir+json", "{\"resourceType\":\"Patient\",\"id\":\"a\"}")
                        .statusCode())
                .isEqualTo(201);
        held = HeldUnits.of(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anAdministratorChangesThePriorityOfAnOpenJob() {
        String job = kickOff(client);

        assertThat(prioritize(administrator, job, "high").statusCode()).isEqualTo(202);
        assertThat(prioritize(administrator, job, "high").statusCode()).isEqualTo(200);
        assertThat(client.get(job + "/details").body()).contains("\"priority\":\"high\"");
        assertThat(level(job)).isEqualTo(1);

        HttpResponse<String> wrong = prioritize(administrator, job, "urgent");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("The priority is 'urgent'; it must be low, normal or high");
        held.release(job);
        new ExportClient(client).awaitEnd(job);
        assertThat(prioritize(administrator, job, "low").statusCode()).isEqualTo(409);
        assertThat(prioritize(administrator, job + "0", "low").statusCode()).isEqualTo(404);
    }

    @Test
    void aClientDoesNotChangeThePriorityOfItsOwnJob() {
        String job = kickOff(client);

        assertThat(prioritize(client, job, "high").statusCode()).isEqualTo(403);
        assertThat(level(job)).isZero();
        assertThat(client.delete(job).statusCode()).isEqualTo(202);
    }

    @Test
    void theJobsOfAClientHaveItsPriority() {
        SluiceServer nightly = server.as(KnownTokens.of("nightly", ALL, ClientLimits.NONE.with(JobPriority.LOW)));

        String job = kickOff(nightly);

        assertThat(level(job)).isEqualTo(-1);
        assertThat(nightly.get("/_operations").body()).contains("\"priority\":\"low\"");
        assertThat(nightly.delete(job).statusCode()).isEqualTo(202);
    }

    private static String kickOff(SluiceServer by) {
        return new ExportClient(by)
                .kickOff("/$export")
                .headers()
                .firstValue("Content-Location")
                .orElseThrow();
    }

    private static HttpResponse<String> prioritize(SluiceServer by, String job, String priority) {
        return by.post(job + "/$prioritize?priority=" + priority, "application/json", "");
    }

    private static int level(String job) {
        Integer level = server.bean(JdbcTemplate.class)
                .queryForObject(
                        "select priority from job where id = ?::uuid", Integer.class, job.replaceFirst(".*/", ""));
        return level == null ? 0 : level;
    }
}
