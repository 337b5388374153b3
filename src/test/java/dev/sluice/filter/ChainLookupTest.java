package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirException;
import dev.sluice.json.MemoryBudget;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Results of {@code _has} clauses are held up to a limit. */
@IntegrationTest
class ChainLookupTest {
    private static final Instant LATER = Instant.parse("9000-01-01T00:00:00Z");
    private static final byte[] PATIENT = "{\"resourceType\":\"Patient\",\"id\":\"p1\"}".getBytes(UTF_8);

    private static SluiceServer server;

    @BeforeAll
    static void load() {
        server = SluiceServer.start("--sluice.role=api");
        String observations = IntStream.range(0, 9)
                .mapToObj(n -> "{\"resourceType\":\"Observation\",\"id\":\"o" + n
                        + "\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/p"
                        + n % 3 + "\"}}\n")
                .collect(Collectors.joining());
        assertThat(server.post("/$import", "application/fhir+ndjson", observations)
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void oneClauseHasRoomForEachTarget() {
        assertThat(matches(3, "Patient?_has:Observation:patient:status=final")).isTrue();
        assertThat(matches(3, "Patient?_has:Observation:patient:status=amended"))
                .isFalse();
    }

    @Test
    void moreTargetsThanTheLimitEndTheExport() {
        assertThatThrownBy(() -> matches(2, "Patient?_has:Observation:patient:status=final"))
                .isInstanceOf(FhirException.class)
                .hasMessageContaining("find more than 2 resources");
    }

    @Test
    void theLimitIsForAllClausesTogether() {
        String clause = "_has:Observation:patient:status=final";

        assertThat(matches(6, "Patient?" + clause + "&" + clause + ",amended")).isTrue();
        assertThatThrownBy(() -> matches(5, "Patient?" + clause + "&" + clause + ",amended"))
                .isInstanceOf(FhirException.class);
    }

    private static boolean matches(long mostHashes, String query) {
        List<FhirException.Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = server.bean(TypeFilterParser.class).parse(List.of(query), LATER, issues);
        assertThat(issues).isEmpty();
        LinkedResources linked = new LinkedResources(
                server.bean(RowReader.class),
                server.bean(RowStream.class),
                server.bean(FilterIndex.class),
                server.bean(MemoryBudget.class));
        ResourceFilter filter = new ResourceFilter(filters, new ChainLookup(linked, LATER, 1, mostHashes));
        return new RowIssues().matches(filter, PATIENT, 0, PATIENT.length);
    }
}
