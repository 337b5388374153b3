package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.ExportClient;
import dev.sluice.KnownTokens;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import dev.sluice.fhir.FhirJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests that try to get more than their scopes allow, each by another way in. A client with all scopes gets the secret
 * by the same request, so the request is a real attack.
 */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
class ScopeAttacksTest {
    private static final String LAB = "\"category\":[{\"coding\":[{\"code\":\"laboratory\"}]}]";
    private static final String PSY = "\"category\":[{\"coding\":[{\"code\":\"therapy\"}]}]";
    private static final String DATA =
            """
            {"resourceType":"Organization","id":"clinic"}
            {"resourceType":"Basic","id":"secret-book","code":{"coding":[{"code":"c2"}],"text":"LARGE"}}
            {"resourceType":"Practitioner","id":"secret-doc","gender":"female"}
            {"resourceType":"Patient","id":"ann","gender":"female","managingOrganization":{"reference":"Organization/clinic"},"generalPractitioner":[{"reference":"Practitioner/secret-doc"}]}
            {"resourceType":"Patient","id":"bob","gender":"male","link":[{"other":{"reference":"Patient/ann"},"type":"seealso"}]}
            {"resourceType":"Encounter","id":"secret-visit","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/ann"}}
            {"resourceType":"Condition","id":"secret-illness","subject":{"reference":"Patient/ann"},"code":{"coding":[{"code":"F32"}]}}
            {"resourceType":"Observation","id":"lab","status":"final",LAB,"code":{"coding":[{"code":"c1"}]},"subject":{"reference":"Patient/ann"},"encounter":{"reference":"Encounter/secret-visit"},"hasMember":[{"reference":"Observation/secret-talk"}]}
            {"resourceType":"Observation","id":"secret-talk","status":"final",PSY,"code":{"coding":[{"code":"c1"}]},"subject":{"reference":"Patient/ann"}}
            {"resourceType":"Observation","id":"secret-gone","status":"final",PSY,"code":{"coding":[{"code":"c1"}]},"subject":{"reference":"Patient/ann"}}
            {"resourceType":"Condition","id":"secret-past","subject":{"reference":"Patient/ann"},"code":{"coding":[{"code":"F33"}]}}
            {"resourceType":"Provenance","id":"secret-source","target":[{"reference":"Patient/ann"}],"recorded":"2024-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}
            {"resourceType":"Group","id":"annes","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/ann"}}]}
            """.replace("LAB", LAB).replace("PSY", PSY).replace("LARGE", "x".repeat(110_000));

    private static final String ALL = "system/*.*";
    private static final String WHOLE = "system/Patient.rs system/Group.read system/Organization.rs";
    static final String PART = WHOLE + " system/Observation.rs?category=laboratory";

    /** A resource, or a deletion of one, that only a client with all scopes may see. */
    private static final String SECRET =
            "\"id\":\"secret-|\"url\":\"[A-Za-z]+/secret-|\"type\":\"(?!Patient|Group|Organ|Obs|Operation)[A-Z]";

    /** The answer to a question about a resource that only a client with all scopes may see. */
    private static final String ANSWER = "\"id\":\"(ann|lab)\"";

    private final SluiceServer server = KnownTokens.server();
    private final SluiceServer all = server.as(KnownTokens.of("all", ALL));

    @BeforeAll
    void load() {
        load(all);
    }

    /** @param all may write everything */
    static void load(SluiceServer all) {
        Ward.load(all, DATA);
        assertThat(all.delete("/Observation/secret-gone").statusCode()).isEqualTo(204);
        assertThat(all.delete("/Condition/secret-past").statusCode()).isEqualTo(204);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    static Stream<Arguments> attacks() {
        String types = "_type=Patient,Observation";
        String lenient = "&lenient";
        return Stream.of(
                arguments("a type by name", PART, "/$export?_type=Condition", SECRET),
                arguments("a type by name, encoded", PART, "/$export?%5Ftype=Condition", SECRET),
                arguments("a type beside one that is allowed", PART, "/$export?_type=Patient&_type=Condition", SECRET),
                arguments("the same, leniently", PART, "/$export?_type=Patient,Condition" + lenient, SECRET),
                arguments("all types", PART, "/$export", SECRET),
                arguments("all types of patients", PART, "/Patient/$export", SECRET),
                arguments("all types of a Group", PART, "/Group/annes/$export", SECRET),
                arguments("an earlier time", PART, "/$export?_until=2999-01-01", SECRET),
                arguments("pages of the manifest", PART, "/$export?allowPartialManifests=true", SECRET),
                arguments("elements only", PART, "/$export?_elements=id", SECRET),
                arguments("elements of a type", PART, "/$export?_elements=Condition.code", SECRET),
                arguments(
                        "a filter without _type", PART, "/$export?_typeFilter=Condition%3Fcode=F32" + lenient, SECRET),
                arguments("a restricted type", PART, "/$export?_type=Observation", SECRET),
                arguments("a filter beside the restriction", PART, filter("Observation?code=c1"), SECRET),
                arguments("a filter against the restriction", PART, filter("Observation?category=therapy"), SECRET),
                arguments(
                        "two filters, one as the restriction",
                        PART,
                        filter("Observation?category=laboratory,Observation?code=c1"),
                        SECRET),
                arguments("a filter by id", PART, filter("Observation?_id=secret-talk"), SECRET),
                arguments("blocks of hidden resources", PART, "/$export?organizeOutputBy=Encounter", SECRET),
                arguments("blocks of patients", PART, "/$export?organizeOutputBy=Patient", SECRET),
                arguments("blocks of a Group", PART, "/Group/annes/$export?organizeOutputBy=Group", SECRET),
                arguments("references", PART, "/$export?_type=Patient&_includeReferenced=Practitioner", SECRET),
                arguments("references to a restricted type", PART, references("Observation", 1), SECRET),
                arguments("references of references", PART, references("Patient,Practitioner", 2), SECRET),
                arguments("references at depth 3", PART, references("Encounter,Patient,Practitioner", 3), SECRET),
                arguments("relevant Provenance", PART, associated("RelevantProvenanceResources"), SECRET),
                arguments("latest Provenance", PART, associated("LatestProvenanceResources"), SECRET),
                arguments("Provenance of compartments", PART, "/Patient/$export?_type=Patient,Provenance", SECRET),
                arguments("deletions", WHOLE, "/$export?_since=2020-01-01", SECRET),
                arguments("deletions at Patient level", WHOLE, "/Patient/$export?_since=2020-01-01", SECRET),
                arguments("deletions of a Group", WHOLE, "/Group/annes/$export?_since=2020-01-01", SECRET),
                arguments("deletions of a restricted type", PART, "/$export?_since=2020-01-01", SECRET),
                arguments("the same, leniently", PART, "/$export?_since=2020-01-01" + lenient, SECRET),
                arguments("the same by name", PART, "/$export?_type=Observation&_since=2020-01-01" + lenient, SECRET),
                arguments("versions", WHOLE, "/$export?includeAssociatedData=_history", SECRET),
                arguments("versions of a restricted type", PART, "/$export?includeAssociatedData=_history", SECRET),
                arguments("deletions as versions", WHOLE, "/$export?includeAssociatedData=_deleted", SECRET),
                arguments("the same, restricted", PART, "/$export?includeAssociatedData=_deleted", SECRET),
                arguments("an estimate", PART, "/$export-estimate?_type=Condition", "\"Condition\""),
                arguments(
                        "an estimate of large resources",
                        "system/Basic.rs?code=c1",
                        "/$export-estimate?_type=Basic",
                        "\"Basic\""),
                arguments("an estimate of all types", PART, "/$export-estimate", "\"Condition\""),
                arguments("an estimate of a Group", PART, "/Group/annes/$export-estimate", "\"Condition\""),
                arguments("_has", PART, filter("Patient?_has:Condition:patient:code=F32"), ANSWER),
                arguments(
                        "_has, restricted", PART, filter("Patient?_has:Observation:patient:category=therapy"), ANSWER),
                arguments(
                        "_has in _has",
                        PART,
                        filter("Organization?_has:Patient:organization:_has:Condition:patient:code=F32"),
                        "\"id\":\"clinic\""),
                arguments("a chain", PART, filter("Patient?general-practitioner:Practitioner.gender=female"), ANSWER),
                arguments("a chain without a type", PART, filter("Observation?encounter.status=finished"), ANSWER),
                arguments("a chain to many types", PART, filter("Observation?subject._id=ann"), ANSWER),
                arguments(
                        "a chain to a restricted type",
                        PART,
                        filter("Observation?has-member:Observation.category=therapy"),
                        ANSWER),
                arguments(
                        "a chain of chains",
                        PART,
                        filter("Observation?subject:Patient.general-practitioner:Practitioner.gender=female"),
                        ANSWER),
                arguments(
                        "the cost of filters, which counts hidden rows",
                        WHOLE + " system/Observation.rs?category:not=therapy",
                        "/$export?" + types + "&" + query("Observation?code=c1"),
                        "\"read\":2"),
                arguments(
                        "the level of patients", "system/Observation.rs", "/Patient/$export?_type=Observation", ANSWER),
                arguments(
                        "the level of a Group",
                        "system/Patient.rs system/Observation.rs",
                        "/Group/annes/$export?_type=Patient",
                        ANSWER),
                arguments(
                        "a Group of a restricted type",
                        "system/Patient.rs system/Group.rs?type=animal",
                        "/Group/annes/$export?_type=Patient",
                        ANSWER),
                arguments(
                        "a restriction that cannot be read",
                        "system/Observation.rs?nonsense=1",
                        "/$export?_type=Observation",
                        ANSWER),
                arguments(
                        "one that is two filters",
                        "system/Observation.rs?code=c2,Observation?code=c1",
                        "/$export?_type=Observation",
                        ANSWER),
                arguments(
                        "a restriction with _has",
                        "system/Patient.rs?_has:Condition:patient:code=F32",
                        "/$export?_type=Patient",
                        ANSWER),
                arguments(
                        "the same of all types",
                        "system/Patient.rs?_has:Condition:patient:code=F32 system/Organization.rs",
                        "/$export",
                        ANSWER),
                arguments(
                        "the same by a filter",
                        "system/Patient.rs?_has:Condition:patient:code=F32 system/Organization.rs",
                        "/$export?_type=Patient&" + query("Patient?gender=female"),
                        ANSWER),
                arguments(
                        "the same as an estimate",
                        "system/Patient.rs?_has:Condition:patient:code=F32",
                        "/$export-estimate?_type=Patient",
                        "\"Patient\""),
                arguments(
                        "a restriction with a chain",
                        "system/Observation.rs?encounter.status=finished",
                        "/$export?_type=Observation",
                        ANSWER),
                arguments(
                        "a restriction with a chain to its own type",
                        "system/Patient.rs?link:Patient._has:Condition:patient:code=F32 system/Group.rs",
                        "/$export?_type=Patient",
                        "\"id\":\"bob\""),
                arguments(
                        "one of two restrictions",
                        "system/Patient.rs?gender=male system/Patient.rs?_has:Condition:patient:code=F32",
                        "/$export?_type=Patient",
                        ANSWER),
                arguments("a scope to write", "system/Observation.cud", "/$export?_type=Observation", ANSWER),
                arguments("a scope to read only", "system/Observation.r", "/$export?_type=Observation", ANSWER),
                arguments("a scope to search only", "system/Observation.s", "/$export?_type=Observation", ANSWER));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("attacks")
    void noRequestWidensItsScopes(String name, String scopes, String request, String marker) {
        assertThat(answer(all, request))
                .as("the attack on a server without scopes")
                .containsPattern(marker);

        assertThat(answer(server.as(KnownTokens.of("limited", scopes)), request))
                .doesNotContainPattern(marker);
    }

    static String filter(String filters) {
        return "/$export?_type=Patient,Observation,Organization&" + query(filters);
    }

    static String query(String filters) {
        return "_typeFilter=" + filters.replace("?", "%3F").replace("=", "%3D").replace("&", "%26");
    }

    private static String references(String types, int depth) {
        return "/$export?_type=Observation&_includeReferenced=" + types + "&_includeReferencedDepth=" + depth;
    }

    private static String associated(String value) {
        return "/$export?_type=Patient&includeAssociatedData=" + value;
    }

    /** Everything that a client learns by a request: the answer, or the manifest and the content of its files. */
    static String answer(SluiceServer client, String request) {
        String path = request.replace("&lenient", "");
        String prefer = path.equals(request) ? "respond-async" : "respond-async, handling=lenient";
        HttpResponse<String> kickOff = client.get(path, "Accept", "application/fhir+json", "Prefer", prefer);
        if (kickOff.statusCode() != 202) {
            assertThat(kickOff.statusCode()).as(kickOff.body()).isIn(200, 403);
            return kickOff.statusCode() == 200 ? kickOff.body() : "";
        }
        HttpResponse<String> end = new ExportClient(client)
                .awaitEnd(kickOff.headers().firstValue("Content-Location").orElseThrow());
        assertThat(end.statusCode()).as(end.body()).isEqualTo(200);
        ObjectNode manifest = FhirJson.parseObject(end.body().getBytes(StandardCharsets.UTF_8));
        StringBuilder learnt = new StringBuilder(end.body());
        for (String list : List.of("output", "deleted", "error")) {
            for (JsonNode file : manifest.path(list)) {
                learnt.append('\n')
                        .append(client.get(file.path("url").asString()).body());
            }
        }
        return learnt.toString();
    }
}
