package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirJson;
import dev.sluice.r4.SearchParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Chains and reverse chains on a small ward, where each answer can be checked by eye. */
class ChainResolverTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String OWN = "https://sluice.example/fhir";

    private static final List<ObjectNode> WARD = json(
            "{'resourceType':'Organization','id':'o1','name':'North'}",
            "{'resourceType':'Organization','id':'o2','name':'South','partOf':{'reference':'Organization/o1'}}",
            "{'resourceType':'Practitioner','id':'d1','name':[{'family':'Who'}]}",
            "{'resourceType':'Patient','id':'p1','name':[{'family':'Eve'}],'birthDate':'2000',"
                    + "'managingOrganization':{'reference':'Organization/o1'},"
                    + "'generalPractitioner':[{'reference':'Practitioner/d1'}]}",
            "{'resourceType':'Patient','id':'p2','name':[{'family':'Adam'}],'birthDate':'1990',"
                    + "'managingOrganization':{'reference':'Organization/o2'}}",
            "{'resourceType':'Group','id':'g1','type':'person','actual':true}",
            "{'resourceType':'Observation','id':'b1','code':{'coding':[{'code':'hr'}]},"
                    + "'subject':{'reference':'Patient/p1'},'encounter':{'reference':'Encounter/e1'}}",
            "{'resourceType':'Observation','id':'b2','code':{'coding':[{'code':'bp'}]}," + "'subject':{'reference':'"
                    + OWN + "/Patient/p2'}}",
            "{'resourceType':'Observation','id':'b3','code':{'coding':[{'code':'hr'}]},"
                    + "'subject':{'reference':'https://other.example/fhir/Patient/p2'}}",
            "{'resourceType':'Observation','id':'b4','subject':{'reference':'#in'},"
                    + "'contained':[{'resourceType':'Patient','id':'in','name':[{'family':'Eve'}],"
                    + "'managingOrganization':{'reference':'Organization/o2'}}]}",
            "{'resourceType':'Observation','id':'b5','subject':{'reference':'Patient/gone'}}",
            "{'resourceType':'Observation','id':'b6','subject':{'reference':'Group/g1'}}",
            "{'resourceType':'Encounter','id':'e1','status':'planned','subject':{'reference':'Patient/p1'},"
                    + "'period':{'start':'2024-12-31T20:00:00Z','end':'2025-01-01T06:00:00Z'}}",
            "{'resourceType':'Provenance','id':'v1','target':[{'reference':'Observation/b2'}],"
                    + "'agent':[{'who':{'reference':'Practitioner/d1'}}]}",
            "{'resourceType':'Bundle','id':'u1','entry':[{'resource':{'resourceType':'Composition','id':'c1',"
                    + "'title':'Letter','subject':{'reference':'Patient/p1'}}}]}",
            "{'resourceType':'Bundle','id':'u2','entry':[{'resource':{'resourceType':'Patient','id':'c1'}},"
                    + "{'resource':{'resourceType':'Composition','id':'c1','title':'Letter'}}]}");

    private final TypeFilterParser parser = new TypeFilterParser(new SearchParameters(), OWN::equals);
    private final MemoryResources resources = new MemoryResources(WARD);

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "Observation?subject:Patient.name=eve ~ b1 b4",
                "Observation?subject.name=eve ~ b1 b4",
                "Observation?patient.name=adam,eve ~ b1 b2 b4",
                "Observation?patient.family:exact=adam ~ ",
                "Observation?subject:Patient.birthdate=lt1995 ~ b2",
                "Observation?subject:Patient.birthdate:missing=true ~ b4",
                "Observation?subject:Patient._id=p1,p2 ~ b1 b2",
                "Observation?subject:Group.actual=true ~ b6",
                "Observation?subject:Group.actual:not=false ~ b6",
                "Observation?subject.organization.name=south ~ b2 b4",
                "Observation?subject:Patient.organization:Organization.name=north ~ b1",
                "Observation?encounter.status=planned ~ b1",
                "Observation?encounter.subject:Patient.name=eve ~ b1",
                "Observation?encounter.date=ge2025 ~ b1",
                "Observation?encounter.date=le2024 ~ b1",
                "Patient?_has:Encounter:patient:date=ge2025-01-01 ~ p1",
                "Patient?_has:Encounter:patient:date=le2024-12-31 ~ p1",
                "Observation?code=hr&subject:Patient.name=eve ~ b1",
                "Patient?organization.partof=o1 ~ p2",
                "Patient?organization.partof.name=north ~ p2",
                "Patient?general-practitioner:Practitioner.name=who ~ p1",
                "Patient?_has:Observation:patient:code=hr ~ p1",
                "Patient?_has:Observation:patient:code=hr,bp ~ p1 p2",
                "Patient?_has:Observation:patient:code:not=hr ~ p2",
                "Patient?_has:Observation:patient:_id=b2,b5 ~ p2",
                "Patient?_has:Observation:patient:encounter.status=planned ~ p1",
                "Patient?_has:Observation:patient:_has:Provenance:target:agent=Practitioner/d1 ~ p2",
                "Observation?_has:Provenance:target:agent.name=who ~ b2",
                "Observation?subject:Patient._has:Encounter:subject:status=planned ~ b1",
                "Organization?_has:Patient:organization:name=eve ~ o1",
                "Practitioner?_has:Patient:general-practitioner:birthdate=2000 ~ d1",
                "Bundle?composition.title=letter ~ u1",
                "Bundle?composition.patient.name=eve ~ u1",
                "Bundle?composition=Composition/c1 ~ u1",
                "Bundle?composition=c1 ~ u1",
                "Bundle?composition:missing=true ~ u2",
            })
    void aFilterFollowsReferences(String query, String ids) {
        TypeFilter filter = filter(query);

        List<String> expected = ids == null ? List.of() : List.of(ids.split(" ", -1));
        assertThat(taken(filter, resources.oneByOne())).isEqualTo(expected);
        assertThat(taken(filter, resources.bySets())).isEqualTo(expected);
        assertThat(filter(filter.toString())).isEqualTo(filter);
    }

    private List<String> taken(TypeFilter filter, ChainResolver linked) {
        ResourceFilter union = new ResourceFilter(List.of(filter), linked);
        List<String> ids = new ArrayList<>();
        for (ObjectNode resource : resources.of(filter.type().name())) {
            byte[] bytes = resource.toString().getBytes(UTF_8);
            boolean taken = filter.matches(resource, linked);
            assertThat(union.matches(bytes, 0, bytes.length)).isEqualTo(taken);
            if (taken) {
                ids.add(resource.get("id").stringValue());
            }
        }
        return ids;
    }

    private TypeFilter filter(String query) {
        List<FhirException.Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = parser.parse(List.of(query), NOW, issues);
        assertThat(issues).isEmpty();
        return filters.get(0);
    }

    private static List<ObjectNode> json(String... texts) {
        return List.of(texts).stream()
                .map(text -> FhirJson.parseObject(text.replace('\'', '"').getBytes(UTF_8)))
                .toList();
    }
}
