package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a view is said with the element and what to do; all of it at once. */
class ViewFaultsTest {
    private static final String COLUMNS = "{\"resource\":\"Patient\",\"select\":[{\"column\":[%s]}]}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            gender.                   | the name of an element or a function is missing before the end
            gender = 'x               | ''x' at 10 is no FHIRPath
            name.where(use = 'usual'  | ')' is missing before the end
            name given                | 'given' at 6 is not expected
            %missing                  | the view has no constant 'missing'
            now()                     | the function now() is not supported: all rows of an export must be made alike
            managingOrganization.resolve() | the function resolve() is not supported
            name.given.frist()        | the function 'frist' is not supported; those that are: abs
            multipleBirth.ofType(integer) + 4 'mg' | quantities such as 4 'mg' are not supported
            name.first(1)             | first() takes 0 arguments, not 1
            extension(url)            | extension() needs a URL in quotes, or a constant that is one
            managingOrganization.getReferenceKey(Organisation) | Organisation is no type of resource
            0.1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 | a number has more than 100 digits
            @2020-13-01               | '2020-13-01' at 1 is no date or time
            """)
    void aPathThatIsWrongIsNamed(String path, String fault) {
        assertThat(faults(String.format(COLUMNS, "{\"name\":\"c\",\"path\":" + quoted(path) + "}")))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.element()).isEqualTo("select[0].column[0].path");
                    assertThat(found.message()).contains(fault);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name                    |          | is missing: the path selects HumanName, which is not primitive
            deceased                |          | is missing: the path selects boolean or dateTime; choose one by ofType()
            birthDate               | integer  | is integer, but the path selects date
            name.exists()           | string   | is string, but the path selects boolean
            name                    | boolean  | is boolean, but the path selects HumanName
            """)
    void aTypeThatIsWrongIsNamed(String path, String type, String fault) {
        String declared = type == null ? "" : ",\"type\":\"" + type + "\"";

        assertThat(faults(String.format(COLUMNS, "{\"name\":\"c\",\"path\":" + quoted(path) + declared + "}")))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.element()).isEqualTo("select[0].column[0].type");
                    assertThat(found.message()).contains(fault);
                });
    }

    @Test
    void allFaultsAreTold() {
        String view = """
                {"resourceType":"Parameters","name":"1st","resource":"Pateint",
                 "constant":[{"name":"a","valueInteger":"1"},{"name":"b"}],
                 "select":[{"forEach":"name","repeat":["contact"],"column":[{"name":"a b","path":1}]},{}, 7],
                 "where":[{}]}
                """;

        assertThat(faults(view).stream().map(ViewFault::element))
                .containsExactly(
                        "resourceType",
                        "name",
                        "resource",
                        "constant[0].valueInteger",
                        "constant[1].value[x]",
                        "select[0].repeat",
                        "select[0].column[0].name",
                        "select[0].column[0].path",
                        "select[1]",
                        "select[2]",
                        "where[0].path");
    }

    @Test
    void namesOfColumnsAreUnique() {
        assertThat(faults(String.format(
                        COLUMNS, "{\"name\":\"c\",\"path\":\"id\"},{\"name\":\"c\",\"path\":\"gender\"}")))
                .containsExactly(new ViewFault("select[0].column[1].name", "another column has the name 'c'"));
    }

    @Test
    void aNameThatIsNoElementIsAWarning() {
        ViewDefinition view = view(String.format(COLUMNS, "{\"name\":\"c\",\"path\":\"contact.brithDate\"}"));

        assertThat(view.warnings())
                .containsExactly(
                        new ViewFault("select[0].column[0].path", "'brithDate' is no element of BackboneElement"));
    }

    @Test
    void aPathThatSelectsItselfEnds() {
        String view = "{\"resource\":\"Patient\",\"select\":[{\"repeat\":[\"$this\"],\"column\":"
                + "[{\"name\":\"c\",\"path\":\"1\"}]}]}";

        assertThatThrownBy(() -> rows(view, "{\"resourceType\":\"Patient\"}"))
                .isInstanceOf(ViewRowException.class)
                .hasMessageContaining("repeat leads to more than");
    }

    @Test
    void chainsOfFunctionsCompileAndEnd() {
        for (String link : List.of(".ofType(HumanName)", ".all(true)")) {
            String path = "name" + link.repeat(60);
            String view = "{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"" + path
                    + ".exists()\"}]}]}";

            assertThatCode(() -> rows(view, "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"f\"}]}"))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void expressionsThatMultiplyTheirValuesEnd() {
        String path = "name" + ".select(%resource.name)".repeat(9) + ".count()";
        String view =
                "{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"" + path + "\"}]}]}";
        String names = "{\"family\":\"f\"},".repeat(9) + "{\"family\":\"f\"}";

        assertThatThrownBy(() -> rows(view, "{\"resourceType\":\"Patient\",\"name\":[" + names + "]}"))
                .isInstanceOf(ViewRowException.class)
                .hasMessageContaining("leads to more than");
    }

    @Test
    void partsThatMultiplyTheirRowsEnd() {
        String view = "{\"resource\":\"Patient\",\"select\":["
                + String.join(
                        ",",
                        List.of("a", "b", "c").stream()
                                .map(name -> "{\"forEach\":\"name\",\"column\":[{\"name\":\"" + name
                                        + "\",\"path\":\"family\"}]}")
                                .toList())
                + "]}";
        String names = "{\"family\":\"f\"},".repeat(99) + "{\"family\":\"f\"}";

        assertThatThrownBy(() -> rows(view, "{\"resourceType\":\"Patient\",\"name\":[" + names + "]}"))
                .isInstanceOf(ViewRowException.class)
                .hasMessageContaining("multiply their rows");
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        String view = String.format(
                COLUMNS,
                "{\"name\":\"a\",\"path\":\"id\"},{\"name\":\"b\",\"path\":\"name.first().text\"},"
                        + "{\"name\":\"c\",\"path\":\"name.given\",\"collection\":true},{\"name\":\"d\",\"path\":\"name.given.join()\"}");
        ViewDefinition definition = view(view);
        JsonOutput out = new JsonOutput();
        byte[] patient =
                "{\"resourceType\":\"Patient\",\"id\":\"1\",\"name\":[{\"text\":\"a \\\"b\\\", c\",\"given\":[\"x\"]}]}"
                        .getBytes(UTF_8);
        definition.compile(OwnBases.NONE).rows(patient, 0, patient.length, new CsvRows(definition.columns(), out));
        byte[] empty = "{\"resourceType\":\"Patient\"}".getBytes(UTF_8);
        definition.compile(OwnBases.NONE).rows(empty, 0, empty.length, new CsvRows(definition.columns(), out));

        assertThat(new String(CsvRows.header(definition.columns()), UTF_8)).isEqualTo("a,b,c,d\r\n");
        assertThat(new String(out.bytes(), 0, out.size(), UTF_8))
                .isEqualTo(String.join("\r\n", "1,\"a \"\"b\"\", c\",\"[\"\"x\"\"]\",x", ",,[],\"\"", ""));
    }

    /** Readers skip empty lines, so the only value of a row is never nothing at all. */
    @Test
    void aRowOfOneColumnIsNoEmptyLine() {
        ViewDefinition definition = view(String.format(COLUMNS, "{\"name\":\"a\",\"path\":\"gender\"}"));
        JsonOutput out = new JsonOutput();
        CompiledView compiled = definition.compile(OwnBases.NONE);
        for (String gender : List.of("", ",\"gender\":\"other\"", ",\"gender\":\"\"")) {
            byte[] patient = ("{\"resourceType\":\"Patient\"" + gender + "}").getBytes(UTF_8);
            compiled.rows(patient, 0, patient.length, new CsvRows(definition.columns(), out));
        }

        assertThat(new String(out.bytes(), 0, out.size(), UTF_8)).isEqualTo("\"\"\r\nother\r\n\"\"\r\n");
    }

    private static String quoted(String text) {
        return FhirJson.MAPPER.getNodeFactory().stringNode(text).toString();
    }

    private static ViewDefinition view(String json) {
        return ViewDefinition.of(FhirJson.parseObject(json.getBytes(UTF_8)));
    }

    private static List<ViewFault> faults(String json) {
        return catchThrowableOfType(InvalidViewException.class, () -> view(json))
                .faults();
    }

    private static void rows(String view, String resource) {
        byte[] bytes = resource.getBytes(UTF_8);
        view(view).compile(OwnBases.NONE).rows(bytes, 0, bytes.length, row -> {});
    }
}
