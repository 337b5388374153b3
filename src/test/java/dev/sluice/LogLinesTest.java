package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.context.annotation.Configuration;

/** Nothing that a client sends looks like a line of the log. */
class LogLinesTest {
    private static final String FORGED = "2026-11-30T02:00:00.000Z  INFO 1 --- [main] Job 1 is discarded";

    @TempDir
    private static Path folder;

    @AfterEach
    void asOtherTestsHaveIt() {
        start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONSOLE", "FILE"})
    void aMessageIsOneLineWithoutControlCharacters(String appender) {
        start("--logging.file.name=" + folder.resolve("a.log"));

        for (String separator : List.of("\n", "\r", "\r\n", "\u0085", "\u2028", "\u001b[2J", "\u009b2J", "\0")) {
            String text = write(appender, "A sign-in was refused: x" + separator + FORGED, null);

            assertThat(text).endsWith(System.lineSeparator()).contains(": A sign-in was refused: x ", FORGED);
            assertThat(text.strip().replaceAll("\u001b\\[[0-9;]*m", "").chars()) // Spring's colours
                    .noneMatch(character -> Character.isISOControl(character) || character == 0x2028);
        }
        assertThat(write(appender, "a\tb äöü ☃ 𝒳 ${x} 100%", null)).contains(": a\tb äöü ☃ 𝒳 ${x} 100%");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONSOLE", "FILE"})
    void theFurtherLinesOfAStackTraceAreIndented(String appender) {
        start("--logging.file.name=" + folder.resolve("b.log"));
        Throwable fault = new IllegalStateException(
                "unknown\n" + FORGED, new IOException("quoted\r\n" + FORGED + "\r" + FORGED + "\u001b[2J"));

        String text = write(appender, "failed", fault);

        List<String> lines = text.lines().toList();
        assertThat(lines.get(0)).endsWith(": failed");
        assertThat(lines.stream().filter(line -> line.contains(FORGED)))
                .hasSize(2)
                .allMatch(line -> line.startsWith(" "));
        assertThat(lines).anyMatch(line -> line.startsWith("\tat ")).anyMatch(line -> line.contains("Caused by: "));
        assertThat(lines.stream().skip(1).filter(line -> !line.isEmpty())).allMatch(line -> line.matches("[ \t].*"));
        assertThat(text.replace("\r\n", "\n")).doesNotContain("\r", "\u001b[2J");
    }

    /** JSON has escapes of its own. */
    @Test
    void structuredLinesHaveTheMessageAsItIs() {
        start("--logging.structured.format.console=ecs");

        String text = write("CONSOLE", "x\n" + FORGED, null);

        assertThat(text.lines()).hasSize(1);
        assertThat(text).startsWith("{").contains("\"message\":\"x\\n" + FORGED);
    }

    private static void start(String... options) {
        LoggingSystem.get(LogLinesTest.class.getClassLoader()).cleanUp();
        for (LoggingSystemProperty kept : List.of(
                LoggingSystemProperty.CONSOLE_STRUCTURED_FORMAT,
                LoggingSystemProperty.LOG_FILE,
                LoggingSystemProperty.LOG_PATH)) { // of the start before
            System.clearProperty(kept.getEnvironmentVariableName());
        }
        new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run(Stream.concat(Stream.of(options), Stream.of("--spring.main.log-startup-info=false"))
                        .toArray(String[]::new))
                .close();
    }

    private static String write(String appender, String message, @Nullable Throwable fault) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        Appender<ILoggingEvent> found = root.getAppender(appender);
        LoggingEvent event = new LoggingEvent("", root, Level.WARN, message, fault, null);
        return new String(
                ((OutputStreamAppender<ILoggingEvent>) found).getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
