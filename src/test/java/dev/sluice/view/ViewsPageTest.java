package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.r4.OwnBases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about views says what views do. */
class ViewsPageTest {
    private static final Path PAGE = Path.of("docs/views.md");
    private static final Pattern BLOCK = Pattern.compile("```(?:json|csv)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ROW =
            Pattern.compile("^\\| (collections|FHIR|texts and numbers) \\| (.*) \\|$", Pattern.MULTILINE);

    @Test
    void theExampleMakesItsRows() throws IOException {
        List<String> blocks = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(3);
        ViewDefinition view =
                ViewDefinition.of(FhirJson.parseObject(blocks.get(0).getBytes(UTF_8)));
        byte[] resource = blocks.get(1).strip().getBytes(UTF_8);
        JsonOutput out = new JsonOutput();
        out.put(CsvRows.header(view.columns()));
        view.compile(OwnBases.NONE).rows(resource, 0, resource.length, new CsvRows(view.columns(), out));

        assertThat(new String(out.bytes(), 0, out.size(), UTF_8).replace("\r\n", "\n"))
                .isEqualTo(blocks.get(2));
    }

    @Test
    void allFunctionsAreListed() throws IOException {
        Set<String> listed = ROW.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult row) -> row.group(2))
                .flatMap(names -> Pattern.compile("`(\\w+)`").matcher(names).results())
                .map(name -> name.group(1))
                .collect(Collectors.toSet());

        assertThat(listed).isEqualTo(FunctionCompiler.names());
    }
}
