package dev.sluice.export;

import static dev.sluice.ExportClient.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ExportClient;
import dev.sluice.ExportClient.Export;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What narrows an export is never dropped, however lenient the client is; what is left out is told. */
@IntegrationTest
@TestInstance(Lifecycle.PER_CLASS)
class LenientHandlingTest {
    private static final String[] STRICT = {"Accept", "application/fhir+json", "Prefer", "respond-async"};
    private static final String[] LENIENT = {
        "Accept", "application/fhir+json", "Prefer", "respond-async, handling=lenient"
    };

    private final SluiceServer server = SluiceServer.start();
    private final ExportClient client = new ExportClient(server);

    @BeforeAll
    void load() {
        Ward.load(server);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Patient=Patient/ann | did you mean 'patient'",
                "_Type=Patient | did you mean '_type'",
                "type=Patient | did you mean '_type'",
                "_sinse=2024 | did you mean '_since'",
                "_typeFilters=Patient%3Fgender%3Dmale | did you mean '_typeFilter'",
                "elements=id | did you mean '_elements'",
                "gender=male | stands in a _typeFilter",
                "_lastUpdated=gt2024 | stands in a _typeFilter",
                "_id=ann | stands in a _typeFilter",
                "subject:Patient.name=x | stands in a _typeFilter",
                "_has:Observation:patient:code=1 | '_has:Observation:patient:code' is not supported",
                "_summary=true | '_summary' is not supported",
                "_list=1 | '_list' is not supported",
                "_anonymizationConfig=x.json | Missing '_container' for anonymized export",
                "_anonymizationConfigEtag=x | Missing '_anonymizationConfig' for anonymized export",
                "_anonymizationConfigCollectionReference=x | from a container registry",
                "_since= | not a date or time",
                "_since=yesterday | not a date or time",
                "_until=2024-02-30 | not a date or time",
                "_type= | No type of _type is left",
                "_type=Patinet | No type of _type is left",
                "_elements= | _elements ''",
                "_elements=nme | _elements 'nme'",
                "_elements=Observation.status,Patient.nme | _elements 'Patient.nme'",
                "includeAssociatedData=LatestProvenanceResource | 'LatestProvenanceResource' is not supported",
                "_type=Patient&_typeFilter= | has no '?'",
                "_type=Patient&_typeFilter=Patient | has no '?'",
                "_type=Patient&_typeFilter=Patient%3F | has nothing after the '?'",
                "_type=Patient&_typeFilter=Patinet%3Fgender%3Dmale | did you mean 'Patient'",
                "_type=Patient&_typeFilter=Patient%3Fgender%3D | is empty",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale%26birthdate%3Dsoon | 'soon'",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale%26brithdate%3D2000 | did you mean 'birthdate'",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale%26name:exat%3DX | R4 has no such modifier",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale%26_elements%3Did | use _elements beside",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale%26junk | which is not parameter=value",
                "_type=Patient&_typeFilter=Patient%3F_count%3D100 | _count",
                "_type=Patient&_typeFilter=Patient%3Fcolourfulness%3Dblue | 'colourfulness'"
            })
    void whatMayNarrowIsRefusedWithLeniencyToo(String query, String words) {
        assertThat(outcome(400, server.get("/$export?" + query, LENIENT))).anyMatch(issue -> issue.contains(words));
        assertThat(outcome(400, server.get("/$export?" + query, STRICT))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale%26_count%3D100 | Patient/bob | uses _count",
                "_type=Patient&_typeFilter=Patient%3F_sort%3Dname%26gender%3Dmale | Patient/bob | uses _sort",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale%26_text%3Dx | Patient/bob | uses _text",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dfemale%26gender:in%3Dx | Patient/ann | modifier ':in'",
                "_type=Patient,Nothing&_typeFilter=Patient%3Fgender%3Dmale | Patient/bob | 'Nothing' is not a FHIR",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale&feed=1&_count=5 | Patient/bob | '_count' is not supported",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale&includeAssociatedData=_all | Patient/bob | '_all' is not",
                "_type=Patient&_typeFilter=Patient%3Fgender%3Dmale&_elements=id,nme | Patient/bob | _elements 'nme'"
            })
    void whatWidensNothingIsLeftOutAndTold(String query, String key, String words) {
        assertThat(outcome(400, server.get("/$export?" + query, STRICT))).anyMatch(issue -> issue.contains(words));

        Export export = client.await(server.get("/$export?" + query, LENIENT));

        assertThat(export.keys()).containsExactly(key);
        assertThat(errors(export)).anyMatch(line -> line.contains(words) && line.contains("left out"));
    }

    @Test
    void filtersWithoutTypesAreAppliedBesideAllOtherTypes() {
        Export export = client.await(server.get("/$export?_typeFilter=Patient%3Fgender%3Dmale", LENIENT));

        assertThat(export.keys()).contains("Patient/bob", "Group/empty").doesNotContain("Patient/ann");
        assertThat(errors(export)).anyMatch(line -> line.contains("The filters are applied"));
    }

    /** Each line is what stands in {@code Parameters} after its type. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'parameters':[{'name':'_type','valueString':'Patient'}] | no element 'parameters'",
                "'parameter':'_type=Patient' | is not an array",
                "'parameter':{'name':'_type','valueString':'Patient'} | is not an array",
                "'parameter':['_type'] | has no name",
                "'parameter':[{'valueString':'Patient'}] | has no name",
                "'parameter':[{'name':'_type'}] | has no simple value",
                "'parameter':[{'name':'_type','valueString':null}] | has valueString, which cannot be read",
                "'parameter':[{'name':'_type','valueString':['Patient']}] | has valueString, which cannot be read",
                "'parameter':[{'name':'_type','valueSting':'Patient'}] | has valueSting, which cannot be read",
                "'parameter':[{'name':'_type','value':'Patient'}] | has value, which cannot be read",
                "'parameter':[{'name':'_type','valueCoding':{'code':'Patient'}}] | has valueCoding, which cannot be",
                "'parameter':[{'name':'_type','part':[{'name':'x','valueString':'Patient'}]}] | has part, which cannot",
                "'parameter':[{'name':'_type','resource':{'resourceType':'Patient'}}] | has resource, which cannot",
                "'parameter':[{'name':'_type','valueString':'Patient','valueCode':'Group'}] | has valueCode, which cannot",
                "'parameter':[{'name':'patient','valueReference':{'display':'Ann'}}] | has valueReference, which cannot",
                "'parameter':[{'name':'_type','modifierExtension':[],'valueString':'Patient'}] | has modifierExtension",
                "'parameter':[{'name':'_type','valueString':'Pat\\u0000ient'}] | NUL",
                "'parameter':[{'name':'_type','valueString':'Pat\\ud800ient'}] | NUL"
            })
    void aBodyThatIsNotUnderstoodInWholeIsRefused(String parameters, String words) {
        String body = ("{'resourceType':'Parameters'," + parameters + "}").replace('\'', '"');

        HttpResponse<String> answer = server.post("/Patient/$export", "application/fhir+json", body, LENIENT);

        assertThat(outcome(400, answer)).anyMatch(issue -> issue.contains(words));
    }

    @Test
    void aBodyOfNoBytesIsNone() {
        assertThat(client.await(server.post("/$export?_type=Patient", "application/fhir+json", "", STRICT))
                        .types())
                .containsExactly("Patient");
    }

    private List<String> errors(Export export) {
        String url = export.manifest().path("error").path(0).path("url").asString();
        return server.get(url).body().lines().toList();
    }
}
