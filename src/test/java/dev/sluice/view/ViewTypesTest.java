package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a view makes of the types of elements, of unions and of names that it does not know. */
class ViewTypesTest {
    private static final String ORDER = """
            {"resourceType":"MedicationRequest","id":"m","contained":[
             {"resourceType":"Medication","id":"a","code":{"coding":[{"code":"1"}]},"status":"active"},
             {"resourceType":"Patient","id":"p","gender":"male"},
             {"id":"none"},
             {"resourceType":"Medication","id":"b","code":{"coding":[{"code":"2"}]}}]}
            """;

    private static final String ANSWERS = """
            {"resourceType":"QuestionnaireResponse","item":[
             {"linkId":"1","answer":[{"valueInteger":7,"item":[{"linkId":"1.1","answer":[{"valueBoolean":true}]}]}]},
             {"linkId":"2","item":[{"linkId":"2.1","answer":[{"valueDecimal":1.50}]}]}]}
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            contained.ofType(Medication).code.coding.code                  | ["1","2"]
            contained.ofType(Medication).status                            | ["active"]
            contained.where($this is Medication).id                        | ["a","b"]
            contained.where($this is DomainResource).id                    | ["a","p","b"]
            contained.where(is(FHIR.Patient)).gender                       | ["male"]
            (contained[1] as Patient).gender                               | ["male"]
            contained.ofType(Patient).ofType(Medication).id                | []
            contained.ofType(Resource).count()                             | ["4"]
            """)
    void aResourceInAnotherOneHasItsOwnType(String path, String values) {
        assertThat(list("MedicationRequest", path, ORDER)).isEqualTo(values);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            onset.ofType(Age).value                  | ["50"]
            onset.ofType(Quantity).value             | ["50"]
            onset.ofType(Element).exists()           | ["true"]
            stage.type.exists() or (onset is Period) | ["false"]
            onset is Quantity                        | ["true"]
            abatement.ofType(Period).exists()        | ["false"]
            """)
    void aTypeIsAlsoOfThoseThatItSpecializes(String path, String values) {
        assertThat(list("Condition", path, "{\"resourceType\":\"Condition\",\"onsetAge\":{\"value\":50}}"))
                .isEqualTo(values);
    }

    /** FHIR says so: a markdown is no string. */
    @Test
    void primitiveTypesSpecializeNoOtherOne() {
        String patient = "{\"resourceType\":\"Patient\",\"extension\":[{\"url\":\"a\",\"valueCode\":\"x\"},"
                + "{\"url\":\"b\",\"valueString\":\"y\"}]}";

        assertThat(list("Patient", "extension.value.ofType(string)", patient)).isEqualTo("[\"y\"]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            value.ofType(quantity).value      | there is no type 'quantity'; did you mean 'Quantity'?
            effective.ofType(datetime)        | there is no type 'datetime'; did you mean 'dateTime'?
            value.ofType(Foo)                 | there is no type 'Foo'
            value as Strnig                   | there is no type 'Strnig'
            value.ofType(Quantity) > 5        | '>' needs a primitive value, and the path selects Quantity
            referenceRange.low.first() + 1    | '+' needs a primitive value, and the path selects Quantity
            'x' & code                        | '&' needs a primitive value, and the path selects CodeableConcept
            code.upper()                      | upper() needs a primitive value, and the path selects CodeableConcept
            'a'.replace(code, 'b')            | the argument of replace() needs a primitive value
            """)
    void whatCannotHaveAValueIsRefused(String path, String fault) {
        assertThat(catchThrowableOfType(InvalidViewException.class, () -> column("Observation", path))
                        .faults())
                .singleElement()
                .satisfies(found -> assertThat(found.message()).contains(fault));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "value.ofType(String)",
                "value.ofType(Age).value",
                "value.ofType(Patient).id",
                "code.where($this is Coding).text"
            })
    void aTypeThatThePathCannotHaveIsAWarning(String path) {
        assertThat(column("Observation", path).warnings())
                .anySatisfy(warning -> assertThat(warning.message()).contains("no value is of the type"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            linkId                              | string  | 1:1.1:2:2.1
            answer.value.ofType(integer)        | integer | 7:::
            answer.value.ofType(boolean)        | boolean | :true::
            answer.value.ofType(decimal)        | decimal | :::1.50
            """)
    void columnsUnderRepeatHaveTheTypesOfTheirPaths(String path, String type, String values) {
        ViewDefinition view =
                view("{\"resource\":\"QuestionnaireResponse\",\"select\":[{\"repeat\":[\"item\",\"answer.item\"],"
                        + "\"column\":[{\"name\":\"c\",\"path\":\"" + path + "\"}]}]}");

        assertThat(view.columns())
                .singleElement()
                .satisfies(column -> assertThat(column.fhirType()).isEqualTo(type));
        assertThat(rows(view, ANSWERS).replace("\"\"", "").replace("\r\n", ":"))
                .isEqualTo(values.isEmpty() ? "" : values + ":");
    }

    @Test
    void anElementUnderRepeatThatIsNotPrimitiveNeedsAType() {
        String view = "{\"resource\":\"QuestionnaireResponse\",\"select\":[{\"repeat\":[\"item\"],"
                + "\"column\":[{\"name\":\"c\",\"path\":\"answer\"}]}]}";

        assertThat(catchThrowableOfType(InvalidViewException.class, () -> view(view))
                        .faults())
                .singleElement()
                .satisfies(found -> assertThat(found.message()).contains("not primitive"));
    }

    /** Otherwise a column would keep the value of the resource before, or get that of another column. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"column":[A]},{"column":[A,B]}
            {"column":[A,B,C]},{"column":[A,B]}
            {"column":[A,B]},{"column":[A]}
            {"column":[A,B]},{"unionAll":[{"column":[A]},{"column":[A,B]}]}
            """)
    void branchesOfAUnionInAUnionHaveTheSameColumns(String inner) {
        String columns =
                ("{\"resource\":\"Patient\",\"select\":[{\"unionAll\":[{\"forEach\":\"name\",\"column\":[A,B]},"
                                + "{\"unionAll\":[" + inner + "]}]}]}")
                        .replaceAll("\\b([ABC])\\b", "{\"name\":\"$1\",\"path\":\"gender\"}");

        assertThat(catchThrowableOfType(InvalidViewException.class, () -> view(columns))
                        .faults())
                .anySatisfy(found -> assertThat(found.message()).contains("all branches must have the same"));
    }

    @Test
    void unionsInUnionsGiveTheirRows() {
        ViewDefinition view = view(("{\"resource\":\"Patient\",\"select\":[{\"unionAll\":[{\"column\":[A,B]},"
                        + "{\"unionAll\":[{\"column\":[A,B]},{\"unionAll\":[{\"column\":[A,B]},{\"column\":[A,B]}]}]}]}]}")
                .replaceAll("\\b([AB])\\b", "{\"name\":\"$1\",\"path\":\"gender\"}"));

        assertThat(rows(view, "{\"resourceType\":\"Patient\",\"gender\":\"male\"}"))
                .isEqualTo("male,male\r\n".repeat(4));
    }

    /** A name that is passed over would leave out what its author wanted, such as a condition. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "wheres":[{"path":"active"}],"select":[{"column":[A]}]          | wheres                     | 'where'
            "Where":[{"path":"active"}],"select":[{"column":[A]}]           | Where                      | 'where'
            "select":[{"column":[A],"where":[{"path":"active"}]}]           | select[0].where            |
            "select":[{"column":[A],"foreach":"name"}]                      | select[0].foreach          | 'forEach'
            "select":[{"column":[A],"modifierExtension":[{"url":"u"}]}]     | select[0].modifierExtension|
            "select":[{"column":[{"name":"a","path":"id","collections":true}]}] | select[0].column[0].collections | 'collection'
            "where":[{"path":"active","not":true}],"select":[{"column":[A]}]| where[0].not               |
            "constant":[{"name":"c","valueString":"x","values":1}],"select":[{"column":[A]}] | constant[0].value[x] | times
            "modifierExtension":[{"url":"u"}],"select":[{"column":[A]}]     | modifierExtension          |
            """)
    void aPropertyThatIsNotKnownIsRefused(String properties, String element, String advice) {
        String view = "{\"resource\":\"Patient\","
                + properties.replaceAll("\\bA\\b", "{\"name\":\"a\",\"path\":\"gender\"}") + "}";

        assertThat(catchThrowableOfType(InvalidViewException.class, () -> view(view))
                        .faults())
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.element()).isEqualTo(element);
                    assertThat(found.message()).contains(advice == null ? "" : advice);
                });
    }

    @Test
    void whatTellsPeopleAboutAViewIsTaken() {
        ViewDefinition view =
                view("{\"resourceType\":\"ViewDefinition\",\"url\":\"u\",\"title\":\"t\",\"status\":\"draft\","
                        + "\"contact\":[],\"date\":\"2026\",\"jurisdiction\":[],\"newInFhir7\":1,\"resource\":\"Patient\","
                        + "\"select\":[{\"id\":\"s\",\"column\":[{\"id\":\"1\",\"name\":\"a\",\"_name\":{\"id\":\"n\"},"
                        + "\"path\":\"gender\",\"description\":\"d\",\"tag\":[{\"name\":\"ansi/type\",\"value\":\"TEXT\"}]}]}],"
                        + "\"where\":[{\"path\":\"active\",\"description\":\"d\"}]}");

        assertThat(view.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            birthDate | id
            birthDate | $this.first().id
            birthDate | where(true).id
            name.given | id
            """)
    void aScalarHasTheIdBesideIt(String each, String path) {
        ViewDefinition view = view("{\"resource\":\"Patient\",\"select\":[{\"forEach\":\"" + each
                + "\",\"column\":[{\"name\":\"c\",\"path\":\"" + path + "\"}]}]}");

        assertThat(rows(
                        view,
                        "{\"resourceType\":\"Patient\",\"birthDate\":\"1980\",\"_birthDate\":{\"id\":\"x\"},"
                                + "\"name\":[{\"given\":[\"a\"],\"_given\":[{\"id\":\"x\"}]}]}"))
                .isEqualTo("x\r\n");
    }

    @Test
    void joinLeavesOutWhatHasNoValue() {
        assertThat(list(
                        "Patient",
                        "name.given.join('-')",
                        "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[null,\"a\",null,\"b\"],\"_given\":"
                                + "[{\"extension\":[{\"url\":\"u\"}]},null,{\"extension\":[{\"url\":\"u\"}]},null]}]}"))
                .isEqualTo("[\"a-b\"]");
    }

    private static ViewDefinition column(String resource, String path) {
        return view("{\"resource\":\"" + resource + "\",\"select\":[{\"column\":[{\"name\":\"c\",\"path\":\"" + path
                + "\",\"type\":\"string\",\"collection\":true}]}]}");
    }

    /** The values of a path, as texts. */
    private static String list(String resource, String path, String json) {
        ViewDefinition view = view("{\"resource\":\"" + resource + "\",\"select\":[{\"forEach\":\"(" + path
                + ").select($this.toString())\",\"column\":[{\"name\":\"c\",\"path\":\"$this\"}]}]}");
        StringBuilder values = new StringBuilder();
        rows(view, json)
                .lines()
                .forEach(value -> values.append(values.isEmpty() ? "" : ",")
                        .append('"')
                        .append(value)
                        .append('"'));
        return "[" + values + "]";
    }

    private static ViewDefinition view(String json) {
        return ViewDefinition.of(FhirJson.parseObject(json.getBytes(UTF_8)));
    }

    private static String rows(ViewDefinition view, String resource) {
        JsonOutput out = new JsonOutput();
        byte[] bytes = resource.getBytes(UTF_8);
        view.compile(OwnBases.NONE).rows(bytes, 0, bytes.length, new CsvRows(view.columns(), out));
        return new String(out.bytes(), 0, out.size(), UTF_8);
    }
}
