package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Resources that are not what R4 says: an NDJSON import stores them, and no export fails because of one. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class OddResourcesTest {
    private static final long SEED = 20261128;

    /** Values that stand where R4 has another one. */
    private static final List<String> ODD = List.of(
            "null",
            "true",
            "0",
            "-1.5e3",
            "\"\"",
            "\"x\"",
            "\"a\\u0000b\"",
            "\"Patient/a\\u0000b\"",
            "\"0000-00-00\"",
            "\"9999-12-31T23:59:59.999999999+14:00\"",
            "\"0001-01-01\"",
            "[]",
            "{}",
            "[null]",
            "[[]]",
            "[1,\"a\",null,[1],{}]",
            "{\"reference\":5}",
            "{\"reference\":[\"Patient/good\"]}",
            "{\"reference\":\"Patient/a\\u0000b\"}",
            "[{\"reference\":\"Patient/not an id!\"}]",
            "{\"reference\":\"Patient/good/_history/0\"}",
            "{\"coding\":{\"system\":{},\"code\":[\"x\"]}}",
            "{\"coding\":[null,1,{\"code\":{\"a\":1}}]}",
            "{\"start\":1,\"end\":[]}",
            "{\"start\":\"9999-12-31T23:59:59Z\",\"end\":\"0001-01-01\"}",
            "{\"event\":[null,\"x\"],\"repeat\":[{\"boundsPeriod\":5}]}",
            "{\"value\":\"12\",\"unit\":[],\"comparator\":{}}",
            "{\"low\":5,\"high\":{\"value\":{}}}",
            "[{\"entity\":\"x\",\"period\":7,\"inactive\":\"no\"}]",
            "[{\"entity\":{\"reference\":\"Patient/good\"}},{\"entity\":[{\"reference\":\"Patient/good\"}]}]",
            "{\"div\":{}}");

    private static final Map<String, List<String>> FIELDS = new TreeMap<>(Map.of(
            "Patient",
                    List.of(
                            "name",
                            "birthDate",
                            "identifier",
                            "link",
                            "deceasedBoolean",
                            "telecom",
                            "generalPractitioner"),
            "Observation",
                    List.of("subject", "code", "effectivePeriod", "valueQuantity", "component", "encounter", "status"),
            "Encounter", List.of("subject", "period", "class", "participant", "location", "length"),
            "Condition", List.of("subject", "onsetAge", "onsetRange", "code", "recordedDate", "encounter"),
            "MedicationRequest", List.of("subject", "medicationCodeableConcept", "authoredOn", "dosageInstruction"),
            "Provenance", List.of("target", "recorded", "agent", "occurredPeriod"),
            "Group", List.of("member", "characteristic", "identifier", "actual"),
            "Practitioner", List.of("name", "qualification", "identifier")));

    /** Asked of every export, each for one type. */
    private static final List<String> FILTERS = List.of(
            "Patient?name=x",
            "Patient?birthdate=ge0001-01-01&deceased=false",
            "Patient?_lastUpdated=gt0000-01-01",
            "Patient?_has:Observation:patient:code=x",
            "Observation?date=le9999-12-31T23:59:59.999Z",
            "Observation?value-quantity=gt-1||x",
            "Observation?code-value-quantity=x$5",
            "Observation?patient.name=x",
            "Encounter?date=ap0001-01-01,ap9999",
            "Encounter?length=5",
            "Condition?onset-age=5,lt7",
            "Condition?encounter.class:not=x",
            "MedicationRequest?code:text=x",
            "Provenance?recorded=sa0001",
            "Group?member=Patient/good");

    private static final String TYPES =
            "_type=Patient,Observation,Encounter,Condition,MedicationRequest,Provenance,Group";

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);
    private final Set<String> stored = new TreeSet<>();

    @BeforeAll
    void load() {
        List<String> lines = new ArrayList<>(List.of(
                "{\"resourceType\":\"Patient\",\"id\":\"good\",\"name\":[{\"family\":\"x\"}]}",
                "{\"resourceType\":\"Patient\",\"id\":\"p-tag\",\"meta\":{\"tag\":\"x\"}}",
                "{\"resourceType\":\"Patient\",\"id\":\"p-tag2\",\"meta\":{\"tag\":[{\"code\":{\"a\":1}},1,\"x\",null]}}",
                "{\"resourceType\":\"Patient\",\"id\":\"p-tag3\",\"meta\":{\"tag\":{\"code\":\"x\"}}}",
                "{\"resourceType\":\"Patient\",\"id\":\"p-tag4\",\"meta\":{\"tag\":null,\"profile\":5,\"security\":{}}}",
                group("object", "{\"entity\":{\"reference\":\"Patient/good\"}}"),
                group("string", "\"x\""),
                group("null", "null"),
                group("nul", "[{\"entity\":{\"reference\":\"Patient/a\\u0000b\"}}]"),
                group("badid", "[{\"entity\":{\"reference\":\"Group/not an id!\"}}]"),
                group("long", "[{\"entity\":{\"reference\":\"Patient/" + "a".repeat(70_000) + "\"}}]"),
                group("numbers", "[1,\"a\",null,[1]]"),
                group("mixed", "[null,{\"entity\":{\"reference\":\"Patient/good\"}},{\"entity\":null}]")));
        Random random = new Random(SEED);
        FIELDS.forEach((type, fields) -> {
            for (String field : fields) {
                for (int i = 0; i < ODD.size(); i++) {
                    String other = fields.get(random.nextInt(fields.size()));
                    lines.add("{\"resourceType\":\"" + type + "\",\"id\":\"" + field + "-" + i + "\",\"" + field + "\":"
                            + ODD.get(i)
                            + (other.equals(field) ? "" : ",\"" + other + "\":" + ODD.get(random.nextInt(ODD.size())))
                            + ",\"contained\":" + ODD.get(random.nextInt(ODD.size())) + "}");
                }
            }
        });
        HttpResponse<String> answer =
                server.post("/$import", "application/fhir+ndjson", String.join("\n", lines) + "\n");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        lines.stream()
                .map(ExportClient::key)
                .filter(key -> server.get("/" + key).statusCode() == 200)
                .forEach(stored::add);
        assertThat(stored).as("most lines are stored").hasSizeGreaterThan(lines.size() * 3 / 4);
    }

    private static String group(String id, String member) {
        return "{\"resourceType\":\"Group\",\"id\":\"" + id + "\",\"type\":\"person\",\"actual\":true,\"member\":"
                + member + "}";
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void anExportHoldsEachOfThem() {
        assertThat(client.export("/$export").keys()).isEqualTo(List.copyOf(stored));
    }

    @Test
    void everyKindOfExportEnds() {
        String filters = FILTERS.stream()
                .map(filter -> "_typeFilter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8))
                .reduce(TYPES, (one, other) -> one + "&" + other);
        List<String> queries = List.of(
                "_elements=id,name,code,member,target,period",
                filters,
                "organizeOutputBy=Patient&_elements=subject",
                "_container=odd&_anonymizationConfig=preset:safe-harbor&_elements=id,name,code,member,target,period",
                "_container=odd&_anonymizationConfig=preset:limited-data-set&organizeOutputBy=Patient",
                "_container=odd&_anonymizationConfig=preset:keep-structure",
                "_includeReferenced=Patient,Practitioner,Encounter&_includeReferencedDepth=3&" + filters,
                "includeAssociatedData=LatestProvenanceResources&_since=0001-01-01",
                "includeAssociatedData=RelevantProvenanceResources&organizeOutputBy=Patient&" + filters);
        List<String> kickOffs = Stream.of("", "/Patient", "/Group/object", "/Group/mixed")
                .flatMap(level -> queries.stream().map(query -> level + "/$export?" + query))
                .toList();
        List<String> jobs = new ArrayList<>();
        for (String kickOff : kickOffs) {
            HttpResponse<String> answer = client.kickOff(kickOff);
            assertThat(answer.statusCode()).as(kickOff + ": " + answer.body()).isEqualTo(202);
            jobs.add(answer.headers().firstValue("Content-Location").orElseThrow());
        }

        for (int i = 0; i < jobs.size(); i++) {
            HttpResponse<String> end = client.awaitEnd(jobs.get(i));
            assertThat(end.statusCode()).as(kickOffs.get(i) + ": " + end.body()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/Patient", "/Group/object", "/Group/nul", "/Group/numbers"})
    void anEstimateIsGiven(String level) {
        for (String query :
                List.of("", "_elements=name", "_type=Observation&_typeFilter=Observation?date%3Dge0001-01-01")) {
            HttpResponse<String> answer = server.get(level + "/$export-estimate?" + query);

            assertThat(answer.statusCode()).as(query + ": " + answer.body()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "object, no array",
        "string, no array",
        "nul, 1 member(s)",
        "badid, 1 member(s)",
        "long, 1 member(s)",
        "numbers, 4 member(s)",
        "mixed, 2 member(s)"
    })
    void aGroupOfOddMembersIsExportedAndTold(String group, String told) {
        ExportClient.Export export = client.export("/Group/" + group + "/$export?_type=Patient");

        assertThat(errors(export)).anyMatch(error -> error.contains("Group/" + group) && error.contains(told));
        assertThat(export.keys())
                .isEqualTo(Set.of("object", "mixed").contains(group) ? List.of("Patient/good") : List.of());
    }

    @Test
    void elementsLeaveATagThatIsNoneAndTellOfIt() {
        ExportClient.Export export = client.export("/$export?_type=Patient&_elements=name");

        assertThat(export.keys())
                .isEqualTo(stored.stream()
                        .filter(key -> key.startsWith("Patient/"))
                        .toList());
        assertThat(errors(export))
                .anyMatch(error -> error.startsWith("Patient/p-tag has a meta.tag that is no array"))
                .anyMatch(error -> error.startsWith("Patient/p-tag3 has a meta.tag that is no array"))
                .noneMatch(error -> error.startsWith("Patient/p-tag2 "));
        for (String line : export.lines().getOrDefault("Patient", List.of())) {
            ObjectNode resource = FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8));
            if (resource.path("id").asString().equals("p-tag")) {
                assertThat(resource.path("meta").path("tag").asString()).isEqualTo("x");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0001-01-01", "0001-01-01T00:00:00Z", "0000", "0000-01-01T00:00:00+14:00", "0001"})
    void theBeginningOfTheCalendarIsBeforeEverything(String since) {
        String time = URLEncoder.encode(since, StandardCharsets.UTF_8);

        assertThat(client.export("/$export?_type=Practitioner&_since=" + time).keys())
                .isEqualTo(stored.stream()
                        .filter(key -> key.startsWith("Practitioner/"))
                        .toList());
        assertThat(client.export("/Group/mixed/$export?_type=Patient&_since=" + time)
                        .keys())
                .containsExactly("Patient/good");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9999", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999999999-14:00"})
    void theEndOfTheCalendarIsAfterEverything(String time) {
        String moment = URLEncoder.encode(time, StandardCharsets.UTF_8);

        assertThat(client.export("/$export?_type=Practitioner&_since=" + moment).keys())
                .isEmpty();
        assertThat(client.export("/$export?_type=Group&_until=" + moment).keys())
                .isEqualTo(
                        stored.stream().filter(key -> key.startsWith("Group/")).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0044-03-15", "10000-01-01", "+10000-01-01", "0001-00-01", "infinity", "294277-01-01"})
    void whatIsNoDateIsRefused(String time) {
        String moment = URLEncoder.encode(time, StandardCharsets.UTF_8);

        assertThat(client.kickOff("/$export?_since=" + moment).statusCode()).isEqualTo(400);
        assertThat(client.kickOff("/$export?_until=" + moment).statusCode()).isEqualTo(400);
        assertThat(client.kickOff("/$export?_typeFilter=Patient%3Fbirthdate%3D" + moment)
                        .statusCode())
                .isEqualTo(400);
    }

    private List<String> errors(ExportClient.Export export) {
        List<String> errors = new ArrayList<>();
        for (JsonNode file : export.manifest().path("error")) {
            for (String line :
                    server.get(file.path("url").asString()).body().lines().toList()) {
                errors.add(FhirJson.parseObject(line.getBytes(StandardCharsets.UTF_8))
                        .path("issue")
                        .path(0)
                        .path("diagnostics")
                        .asString());
            }
        }
        return errors;
    }
}
