package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportParameter.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the table of parameters in the documentation to the list of parameters. */
class ExportParameterTest {
    private static final Path PAGE = Path.of("docs/bulk-data.md");
    private static final String HEAD = "| Parameter | Type | Max | Levels | Meaning |\n|---|---|---|---|---|\n";

    @Test
    void theDocumentedTableIsTheListOfParameters() throws IOException {
        String table = Stream.of(ExportParameter.values())
                .map(ExportParameterTest::row)
                .collect(Collectors.joining());

        String page = Files.readString(PAGE);
        int start = page.indexOf(HEAD);
        assertThat(start).as("the table's head in " + PAGE).isNotNegative();
        assertThat(page.substring(start, page.indexOf("\n\n", start) + 1))
                .as("the table in %s; replace it by what is expected", PAGE)
                .isEqualTo(HEAD + table);
    }

    private static String row(ExportParameter parameter) {
        String levels = parameter.use() == Use.PATIENT_AND_GROUP_LEVEL ? "Patient, Group" : "all";
        return "| `" + parameter + "` | " + parameter.type() + " | " + parameter.max() + " | " + levels + " | "
                + parameter.documentation() + " |\n";
    }
}
