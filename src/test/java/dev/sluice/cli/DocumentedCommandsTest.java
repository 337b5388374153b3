package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The pages name the commands and options that exist: examples are parsed, and synopses have known options only. */
class DocumentedCommandsTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^\\$ \\./sluice (.*)$");

    /** With the lines that go on. */
    private static final Pattern SYNOPSIS = Pattern.compile("(?m)^\\./sluice ([a-z]+)(.*(?:\\n {6,}.*)*)$");

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*+(?!\\.)");
    private static final Pattern WORD = Pattern.compile("((?:[^\\s']|'[^']*')+)");

    @Test
    void examplesAreCommands() throws IOException {
        int examples = 0;
        for (Path page : pages()) {
            Matcher example = EXAMPLE.matcher(Files.readString(page));
            for (; example.find(); examples++) {
                String[] words = words(example.group(1));
                assertThatCode(() -> CommandRun.commandLine().parseArgs(words))
                        .as("%s: %s", page, example.group())
                        .doesNotThrowAnyException();
            }
        }
        assertThat(examples).isGreaterThan(5);
    }

    @Test
    void optionsOfSynopsesExist() throws IOException {
        for (Path page : pages()) {
            Matcher synopsis = SYNOPSIS.matcher(Files.readString(page));
            while (synopsis.find()) {
                CommandLine command = CommandRun.commandLine().getSubcommands().get(synopsis.group(1));
                assertThat(command).as("%s: %s", page, synopsis.group()).isNotNull();
                Matcher option = OPTION.matcher(synopsis.group(2));
                while (option.find()) {
                    assertThat(Objects.requireNonNull(command).getCommandSpec().optionsMap())
                            .as("%s: %s", page, synopsis.group())
                            .containsKey(option.group());
                }
            }
        }
    }

    @Test
    void pageOfCommandsHasAllOfThem() throws IOException {
        String page = Files.readString(Path.of("docs/cli.md"));

        assertThat(CommandRun.commandLine().getSubcommands().keySet())
                .allSatisfy(command -> assertThat(page).contains("`" + command));
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("docs"))) {
            return pages.filter(page -> page.toString().endsWith(".md")).toList();
        }
    }

    /** Words as a shell splits them, without the quotes. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            words.add(word.group().replace("'", ""));
        }
        return words.toArray(String[]::new);
    }
}
