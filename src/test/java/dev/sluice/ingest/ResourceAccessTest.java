package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.KnownTokens;
import dev.sluice.SluiceServer;
import dev.sluice.security.ClientLimits;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way to a resource that a token does not allow, and the least scope with which it is one. */
@IntegrationTest
class ResourceAccessTest {
    private static final String FHIR = "application/fhir+json";
    private static final String PATIENT =
            "{'resourceType':'Patient','identifier':[{'system':'s','value':'secret'}],'birthDate':'1970-01-01'}";
    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = KnownTokens.server();
        String[] all = bearer("system/*.cruds");
        put(all, "Patient/p1", PATIENT.replace("{'res", "{'id':'p1','res"));
        put(all, "Binary/b1", "{'resourceType':'Binary','id':'b1','contentType':'text/plain','data':'c2VjcmV0'}");
        put(all, "Group/g1", "{'resourceType':'Group','id':'g1','type':'person','actual':true,'name':'secret one'}");
        put(all, "Group/g2", "{'resourceType':'Group','id':'g2','type':'person','actual':true,'name':'secret two'}");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A path or the path of a Bundle's entry, with the scopes that it needs; with each set of fewer letters it is refused. */
    @ParameterizedTest(name = "{0} {1} needs {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    GET    | Patient/p1                         | r   |
                    GET    | Patient/p1/_history/1              | r   |
                    POST   | Patient                            | c   | P
                    PUT    | Patient/new                        | u   | P
                    PUT    | Patient?identifier=s%7Cother       | us  | P
                    PATCH  | Patient/p1                         | ru  | [{'op':'test','path':'/birthDate','value':'1970-01-01'}]
                    PATCH  | Patient?identifier=s%7Csecret      | rus | [{'op':'test','path':'/birthDate','value':'1970-01-01'}]
                    DELETE | Patient/p2                         | d   |
                    DELETE | Patient?identifier=s%7Cnone        | ds  |
                    """)
    void anInteractionNeedsItsLetters(String method, String url, String letters, String body) {
        for (String held : subsets()) {
            boolean enough = letters.chars().allMatch(letter -> held.indexOf(letter) >= 0);
            String[] token = held.isEmpty()
                    ? bearer("system/Observation.cruds")
                    : bearer("system/Patient." + held + " system/Observation.cruds");
            HttpResponse<String> alone = send(method, url, body, token);
            HttpResponse<String> batch = batch(method, url.replace("%7C", "|"), body, token);
            if (enough) {
                assertThat(alone.statusCode()).as(held + alone.body()).isIn(200, 201, 204);
            } else {
                assertThat(alone.statusCode()).as(held + alone.body()).isEqualTo(403);
                assertThat(alone.body()).doesNotContain("secret", "1970");
                if (!url.contains("_history")) {
                    assertThat(batch.body())
                            .as(held)
                            .contains("\"status\":\"403")
                            .doesNotContain("secret", "1970");
                }
            }
        }
    }

    /** The headers and the elements of an entry that make a write depend on the current version. */
    @ParameterizedTest(name = "{0} {1} with {2}: {4}")
    @CsvSource(delimiter = '|', textBlock = """
                    PUT    | Patient/p1                     | If-Match      | ifMatch     | W/"7"
                    PUT    | Patient/p1                     | If-None-Match | ifNoneMatch | *
                    PUT    | Patient?identifier=s%7Csecret  | If-None-Match | ifNoneMatch | W/"1"
                    DELETE | Patient/p1                     | If-Match      | ifMatch     | W/"7"
                    DELETE | Patient?identifier=s%7Csecret  | If-Match      | ifMatch     | W/"7"
                    """)
    void aConditionOnTheVersionNeedsToRead(String method, String url, String header, String element, String version) {
        String body = method.equals("DELETE") ? null : PATIENT.replace("{'res", "{'id':'p1','res");
        String request = "{'method':'" + method + "','url':'" + url.replace("%7C", "|") + "','" + element + "':'"
                + version.replace("\"", "\\\"") + "'}" + (body == null ? "" : ",'resource':" + body);
        String batch = "{'resourceType':'Bundle','type':'batch','entry':[{'request':" + request + "}]}";
        for (boolean reads : List.of(false, true)) {
            String[] token = bearer("system/Observation.rs system/Patient." + (reads ? "cruds" : "cuds"));
            HttpResponse<String> alone = send(method, url, body, with(token, header, version));
            HttpResponse<String> entry = server.post("", FHIR, json(batch), token);

            assertThat(alone.statusCode()).as(alone.body()).isEqualTo(reads ? 412 : 403);
            assertThat(entry.body()).contains(reads ? "\"status\":\"412" : "\"status\":\"403");
            if (!reads) {
                assertThat(alone.body() + entry.body()).doesNotContain("ersion 1", "is current");
            }
        }
        String[] writer = with(bearer("system/Binary.cuds"), header, version);
        assertThat(server.put("/Binary/b1", "text/plain", "x", writer).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aConditionalCreateNeedsToReadAndToSearch() {
        for (String held : subsets()) {
            boolean enough = Stream.of("c", "r", "s").allMatch(held::contains);
            String[] token = bearer("system/Observation.rs" + (held.isEmpty() ? "" : " system/Patient." + held));
            HttpResponse<String> answer =
                    server.post("/Patient", FHIR, json(PATIENT), with(token, "If-None-Exist", "identifier=s%7Csecret"));
            assertThat(answer.statusCode()).as(held).isEqualTo(enough ? 200 : 403);
        }
    }

    @Test
    void aConditionalReferenceNeedsToSearchItsType() {
        String bundle = json("{'resourceType':'Bundle','type':'transaction','entry':[{'request':{'method':'POST',"
                + "'url':'Observation'},'resource':{'resourceType':'Observation','status':'final','code':{'text':'x'},"
                + "'subject':{'reference':'Patient?identifier=s|secret'}}}]}");
        assertThat(server.post("", FHIR, bundle, bearer("system/Observation.cruds"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.post("", FHIR, bundle, bearer("system/Observation.c system/Patient.s"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aRestrictedScopeAllowsNothingHere() {
        String[] token = bearer("system/Patient.cruds?gender=female");
        assertThat(server.get("/Patient/p1", token).statusCode()).isEqualTo(403);
        assertThat(server.post("/Patient", FHIR, json(PATIENT), token).statusCode())
                .isEqualTo(403);
    }

    @Test
    void oneForbiddenEntrySpoilsATransactionAndOnlyItselfInABatch() {
        String entries = "'entry':[{'request':{'method':'PUT','url':'Observation/o1'},'resource':{'resourceType':"
                + "'Observation','id':'o1','status':'final','code':{'text':'x'}}},"
                + "{'request':{'method':'DELETE','url':'Patient/p1'}}]}";
        String[] token = bearer("system/Observation.cruds");
        assertThat(server.post("", FHIR, json("{'resourceType':'Bundle','type':'transaction'," + entries), token)
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.get("/Observation/o1", token).statusCode()).isEqualTo(404);
        HttpResponse<String> batch =
                server.post("", FHIR, json("{'resourceType':'Bundle','type':'batch'," + entries), token);
        assertThat(batch.body()).contains("\"status\":\"201").contains("\"status\":\"403");
        assertThat(server.get("/Patient/p1", bearer("system/Patient.r")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void theContentOfABinaryNeedsToReadBinaries() {
        String[] token = bearer("system/Patient.cruds");
        assertThat(server.get("/Binary/b1", with(token, "Accept", "text/plain")).statusCode())
                .isEqualTo(403);
        assertThat(server.post("/Binary", "text/plain", "x", token).statusCode())
                .isEqualTo(403);
        assertThat(server.put("/Binary/b1", "text/plain", "x", token).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aClientSeesOnlyItsGroupsAndChangesNone() {
        ClientLimits limits = ClientLimits.of(List.of("g1"), null, null);
        String[] token = {"Authorization", "Bearer " + KnownTokens.of("payer", "system/*.cruds", limits)};

        assertThat(server.get("/Group", token).body()).contains("secret one").doesNotContain("secret two");
        assertThat(server.get("/Group?_id=g2", token).body()).contains("\"total\":0");
        assertThat(server.get("/Group?name=secret", token).body()).contains("\"total\":1");
        assertThat(server.get("/Group/g1", token).statusCode()).isEqualTo(200);
        HttpResponse<String> other = server.get("/Group/g2", token);
        HttpResponse<String> none = server.get("/Group/g3", token);
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(other.body().replace("g2", "g3")).isEqualTo(none.body());
        assertThat(server.get("/Patient/p1", token).statusCode()).isEqualTo(403);
        assertThat(batch("GET", "Patient/p1", null, token).body()).contains("\"status\":\"403");
        assertThat(server.get("/Binary/b1", with(token, "Accept", "text/plain")).statusCode())
                .isEqualTo(403);
        assertThat(send("PATCH", "Patient/p1", "[{'op':'test','path':'/birthDate','value':'1970-01-01'}]", token)
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.get("/Group/g2/_history/1", token).statusCode()).isEqualTo(404);
        assertThat(batch("GET", "Group/g2", null, token).body()).contains("\"status\":\"404");
        assertThat(send("PUT", "Group/g1", "{'resourceType':'Group','id':'g1','type':'person','actual':true}", token)
                        .statusCode())
                .isEqualTo(403);
        assertThat(batch("DELETE", "Group/g2", null, token).body()).contains("\"status\":\"403");
        assertThat(server.post("/$import", "application/fhir+ndjson", "{}", token)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void groupsNeedToBeReadAndSearched() {
        assertThat(server.get("/Group", bearer("system/Group.s system/Patient.rs"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.get("/Group", bearer("system/Group.r")).statusCode()).isEqualTo(403);
        assertThat(server.get("/Group", bearer("system/Group.rs")).statusCode()).isEqualTo(200);
    }

    private static List<String> subsets() {
        List<String> all = new ArrayList<>();
        for (int bits = 0; bits < 32; bits++) {
            StringBuilder letters = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                if ((bits >> i & 1) == 1) {
                    letters.append("cruds".charAt(i));
                }
            }
            all.add(letters.toString());
        }
        return all;
    }

    private static HttpResponse<String> send(String method, String url, @Nullable String body, String[] token) {
        String type = method.equals("PATCH") ? "application/json-patch+json" : FHIR;
        return body == null
                ? server.send(method, "/" + url, BodyPublishers.noBody(), token)
                : server.send(
                        method,
                        "/" + url,
                        BodyPublishers.ofString(content(url, body)),
                        with(token, "Content-Type", type));
    }

    private static HttpResponse<String> batch(String method, String url, @Nullable String body, String[] token) {
        String resource = body == null
                ? ""
                : method.equals("PATCH")
                        ? ",'resource':{'resourceType':'Binary','contentType':'application/json-patch+json','data':'"
                                + java.util.Base64.getEncoder()
                                        .encodeToString(content(url, body).getBytes(StandardCharsets.UTF_8))
                                + "'}"
                        : ",'resource':" + content(url, body);
        return server.post(
                "",
                FHIR,
                json("{'resourceType':'Bundle','type':'batch','entry':[{'request':{'method':'" + method + "','url':'"
                        + url + "'}" + resource + "}]}"),
                token);
    }

    private static String content(String url, String body) {
        String resource = body.equals("P")
                ? url.contains("other") ? PATIENT.replace("secret", "other") : PATIENT.replace("secret", "third")
                : body;
        return json(url.startsWith("Patient/new") ? resource.replace("{'res", "{'id':'new','res") : resource);
    }

    private static void put(String[] token, String url, String body) {
        assertThat(server.put("/" + url, FHIR, json(body), token).statusCode()).isEqualTo(201);
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static String[] bearer(String scopes) {
        return new String[] {"Authorization", "Bearer " + KnownTokens.of("etl", scopes)};
    }

    private static String[] with(String[] token, String name, String value) {
        return Stream.concat(Stream.of(token), Stream.of(name, value)).toArray(String[]::new);
    }
}
