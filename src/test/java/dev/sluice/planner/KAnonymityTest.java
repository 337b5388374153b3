package dev.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.OutputLocation;
import dev.sluice.planner.KAnonymity.Classes;
import dev.sluice.planner.KAnonymity.Question;
import dev.sluice.store.ClosedTimestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The classes that SQL counts are those of a count over the resources themselves. */
@IntegrationTest
class KAnonymityTest {
    private static final int PATIENTS = 120;
    private static final MadeUpPatients MADE_UP = new MadeUpPatients(PATIENTS);

    private static SluiceServer server;

    @BeforeAll
    static void write() {
        server = SluiceServer.start();
        MADE_UP.all().forEach(KAnonymityTest::put);
        put(group("odd", i -> i % 2 == 1));
        put(group("none", i -> false));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void classesAreThoseOfTheResources() {
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            Question question = question(random);

            assertThat(count(request(new ExportScope.Everything(), Map.of()), question))
                    .isEqualTo(MADE_UP.classes(question, n -> true));
            assertThat(count(request(new ExportScope.GroupMembers("odd"), Map.of()), question))
                    .isEqualTo(MADE_UP.classes(question, n -> n % 2 == 1));
        }
    }

    @Test
    void everyQuasiIdentifierIsCounted() {
        for (QuasiIdentifier one : QuasiIdentifier.values()) {
            Question question = new Question(List.of(one), 3);

            Classes counted = count(request(new ExportScope.AllPatients(), Map.of()), question);

            assertThat(counted).isEqualTo(MADE_UP.classes(question, n -> true));
            assertThat(counted.classes()).as(one.toString()).isGreaterThan(1);
            assertThat(QuasiIdentifier.of(one.toString())).contains(one);
        }
        assertThat(QuasiIdentifier.of("name")).isEmpty();
        assertThat(QuasiIdentifier.BIRTH_YEAR_UP_TO_89.sql(LocalDate.of(2026, 2, 28)))
                .contains("> '1936-02-28'");
    }

    /** The client has the patients that did not change, from earlier exports. */
    @Test
    void sinceCountsTheWholeCohort() {
        Question question = new Question(List.of(QuasiIdentifier.GENDER), 2);
        Map<ExportParameter, List<String>> since =
                Map.of(ExportParameter.SINCE, List.of(Instant.now().toString()));

        assertThat(count(request(new ExportScope.GroupMembers("odd"), since), question))
                .isEqualTo(MADE_UP.classes(question, n -> n % 2 == 1));
        assertThat(count(request(new ExportScope.Everything(), since), question))
                .isEqualTo(MADE_UP.classes(question, n -> true));
    }

    @Test
    void includedPatientsAreCounted() {
        Question question = new Question(List.of(QuasiIdentifier.BIRTH_DATE), 2);
        Map<ExportParameter, List<String>> referenced =
                Map.of(ExportParameter.TYPE, List.of("Group"), ExportParameter.INCLUDE_REFERENCED, List.of("Patient"));

        assertThat(count(request(new ExportScope.Everything(), referenced), question))
                .isEqualTo(MADE_UP.classes(question, n -> n % 2 == 1));
    }

    @Test
    void aCohortWithoutPatientsHasNoClasses() {
        Question question = new Question(List.of(QuasiIdentifier.GENDER), 5);

        assertThat(count(request(new ExportScope.GroupMembers("none"), Map.of()), question))
                .isEqualTo(new Classes(question, 0, 0, 0, 0, 0));
    }

    /** The export is as of its time, whatever is written after it. */
    @Test
    void classesAreThoseOfTheClosedTimestamp() {
        Question question = new Question(List.of(QuasiIdentifier.BIRTH_DATE), 2);
        ExportJob job = job(request(new ExportScope.Everything(), Map.of()));
        ObjectNode late = FhirJson.MAPPER.createObjectNode();
        late.put("resourceType", "Patient").put("id", "late").put("birthDate", "1901-01-01");
        put(late);
        try {
            assertThat(count(job, question)).isEqualTo(MADE_UP.classes(question, n -> true));
        } finally {
            assertThat(server.delete("/Patient/late").statusCode()).isEqualTo(204);
        }
    }

    /** A count that takes long is given up. Here it waits for a lock. */
    @Test
    void anEstimateDoesNotCountForLong() {
        Question question = new Question(List.of(QuasiIdentifier.GENDER), 7);
        KAnonymity anonymity = server.bean(KAnonymity.class);
        UUID id = UUID.randomUUID();
        ExportQueries queries = server.bean(ExportQueryBuilder.class)
                .build(id, job(request(new ExportScope.GroupMembers("odd"), Map.of())));
        server.bean(ExportCompletion.class).release(id);

        assertThat(anonymity.of(queries, question, Duration.ofMinutes(1)))
                .contains(MADE_UP.classes(question, n -> n % 2 == 1));
        Optional<Classes> late = server.bean(TransactionTemplate.class).execute(status -> {
            server.bean(JdbcTemplate.class).execute("lock table resource_patient in access exclusive mode");
            return CompletableFuture.supplyAsync(() -> anonymity.of(queries, question, Duration.ofMillis(100)))
                    .join();
        });
        assertThat(late).isEmpty();
    }

    @Test
    void theSentenceSaysTheNumbers() {
        Question question = new Question(List.of(QuasiIdentifier.BIRTH_YEAR, QuasiIdentifier.ZIP3), 5);

        assertThat(new Classes(question, 100, 12, 2, 3, 9).text())
                .isEqualTo(
                        "k-anonymity by birthYear, zip3. Patients: 100. Classes: 12. Patients in the smallest class: 2."
                                + " Classes of fewer than 5 patients: 3, with 9 patients.");
        assertThatThrownBy(() -> new Question(List.of(), 5)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Classes count(ExportRequest request, Question question) {
        return count(job(request), question);
    }

    private static Classes count(ExportJob job, Question question) {
        UUID id = UUID.randomUUID();
        ExportPlan plan = server.bean(ExportPlanner.class).plan(id, job).plan();
        try {
            return server.bean(KAnonymity.class).of(plan, question);
        } finally {
            server.bean(ExportCompletion.class).release(id);
        }
    }

    private static ExportJob job(ExportRequest request) {
        Instant closed = server.bean(TransactionTemplate.class)
                .execute(status -> server.bean(ClosedTimestamps.class).close());
        return new ExportJob(
                request, server.base() + "/$export", closed, null, new OutputLocation("export-test", "", true));
    }

    private static ExportRequest request(ExportScope scope, Map<ExportParameter, List<String>> parameters) {
        return new ExportRequest(scope, parameters, false, ExportBounds.NONE, List.of());
    }

    private static Question question(Random random) {
        List<QuasiIdentifier> some = new ArrayList<>(List.of(QuasiIdentifier.values()));
        Collections.shuffle(some, random);
        return new Question(some.subList(0, 1 + random.nextInt(4)), 2 + random.nextInt(9));
    }

    private static void put(ObjectNode resource) {
        // Half a surrogate pair as an escape, behind a backslash that is escaped itself.
        String body =
                resource.toString().replace("HALF", "\\\\\\ud83d x \\\\u0000").replace("PAIR", "\\ud83d\\ude00");
        assertThat(server.put(
                                "/" + resource.path("resourceType").asString() + "/"
                                        + resource.path("id").asString(),
                                "application/fhir+json",
                                body)
                        .statusCode())
                .isIn(200, 201);
    }

    private static ObjectNode group(String id, Predicate<Integer> member) {
        ObjectNode group = FhirJson.MAPPER.createObjectNode();
        group.put("resourceType", "Group").put("id", id).put("type", "person").put("actual", true);
        if (IntStream.range(0, PATIENTS).anyMatch(member::test)) {
            ArrayNode members = group.putArray("member");
            IntStream.range(0, PATIENTS)
                    .filter(member::test)
                    .forEach(i -> members.addObject().putObject("entity").put("reference", "Patient/p" + i));
        }
        return group;
    }
}
