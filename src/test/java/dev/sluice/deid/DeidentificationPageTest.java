package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/deidentification.md} is what the rules do, and the page names all methods. */
class DeidentificationPageTest {
    private static final Path PAGE = Path.of("docs", "deidentification.md");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);

    @Test
    void theExampleIsTrue() throws IOException {
        RuleFile rules = RuleFile.parse(blocks("rules").get(0).getBytes(UTF_8));
        DeidKeys keys = DeidKeys.of(rules.parameters().keys(), reference -> "the key of the example, not a secret");
        Deidentifier deidentifier = Deidentifier.of(rules, keys, TODAY);

        assertThat(blocks("resource").stream().map(resource -> apply(deidentifier, resource)))
                .isEqualTo(blocks("result"));
    }

    @Test
    void thePageNamesEachMethodAndPreset() throws IOException {
        String page = Files.readString(PAGE);

        for (Method method : Method.values()) {
            assertThat(page).contains("| `" + method.text() + "` |");
        }
        for (Preset preset : Preset.values()) {
            assertThat(page).contains("| `" + Preset.PREFIX + preset.text() + "` |");
        }
    }

    private static String apply(Deidentifier deidentifier, String resource) {
        byte[] stored = resource.getBytes(UTF_8);
        return UTF_8.decode(deidentifier.apply(stored, 0, stored.length, new RuleCounts()))
                .toString();
    }

    private static List<String> blocks(String kind) throws IOException {
        return Pattern.compile("```" + kind + "\n(.*?)\n```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
