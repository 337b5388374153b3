package dev.sluice;

import dev.sluice.database.DatabaseTransport;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Beans for a command, with the settings of the server: no web server and no job is started, and nothing is logged. */
final class CommandContext {
    private CommandContext() {}

    static SpringApplicationBuilder of(Class<?>... sources) {
        return new SpringApplicationBuilder(sources)
                .sources(DatabaseTransport.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false);
    }

    /** The settings of a command, each {@code --key=value}. */
    static String[] arguments(List<String> settings) {
        return Stream.concat(Stream.of("--logging.threshold.console=off"), settings.stream())
                .toArray(String[]::new);
    }
}
