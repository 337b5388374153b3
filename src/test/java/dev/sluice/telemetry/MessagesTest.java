package dev.sluice.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each warning and error that the server logs is explained to operators. */
class MessagesTest {
    /** The first text of a line that is logged as a warning or an error. */
    private static final Pattern LINE =
            Pattern.compile("\\blog\\s*\\.(?:warn|error|atWarn|atError)\\((?:[^\"]*?)\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** A text that is only a cause has fewer letters. */
    private static final int SHORT = 8;

    @Test
    void theDocumentationHasEachWarningAndError() throws IOException {
        String documentation = Files.readString(Path.of("docs/messages.md"));
        List<String> messages = messages();

        assertThat(messages).as("what is found").hasSizeGreaterThan(40);
        assertThat(messages)
                .filteredOn(message -> !documentation.contains(message))
                .isEmpty();
    }

    /** Of each message the longest part without a placeholder. */
    private static List<String> messages() throws IOException {
        List<String> messages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Matcher line = LINE.matcher(Files.readString(file));
                while (line.find()) {
                    Stream.of(line.group(1).split("\\{}", -1))
                            .map(String::strip)
                            .max(Comparator.comparing(String::length))
                            .filter(part -> part.length() >= SHORT)
                            .ifPresent(messages::add);
                }
            }
        }
        return messages;
    }
}
