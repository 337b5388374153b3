package dev.sluice.cli;

import dev.sluice.fhir.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** What the program says of itself: its commands with their arguments, and its version. */
final class Usage {
    private static final String BUILD_INFO = "/META-INF/build-info.properties";

    private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", """
              java -jar sluice.jar [serve] [--<key>=<value> ...]

            Starts the server; without a command too. Keys are those of the configuration, such as --server.port=8081,
            --sluice.home=<folder> or --spring.datasource.url=jdbc:postgresql://<host>/<database>; the README lists them.
            """);
        COMMANDS.put("verify", """
              java -jar sluice.jar verify <export> [--token <bearer>]

            Holds an export to its manifest: lines, bytes, SHA-256, nothing twice.
            <export> is the URL of a manifest, a file with a manifest, or a folder with a manifest.json.
            """);
        COMMANDS.put("compare", """
              java -jar sluice.jar compare <A> <B> [--versions] [--ignore-duplicates] [--token <bearer>]

            Says in which resources two exports differ.
            <A> and <B> are URLs or files of manifests, or folders or files with *.ndjson or *.ndjson.gz.
            """);
    }

    private static final String EXIT_CODES = """

            Exit codes: 0 what was to be shown is true, 1 something differs, 2 wrong arguments or something cannot be read.
            """;

    private Usage() {}

    static boolean isCommand(String name) {
        return COMMANDS.containsKey(name);
    }

    /** How a command is called. */
    static String of(String command) {
        String usage = "Usage:\n" + COMMANDS.getOrDefault(command, "");
        return command.equals("serve") ? usage : usage + EXIT_CODES;
    }

    /** How all commands are called. */
    static String ofAll() {
        StringBuilder usage = new StringBuilder("Usage:\n");
        COMMANDS.values()
                .forEach(text ->
                        usage.append(text.lines().findFirst().orElse("")).append('\n'));
        return usage.append("""
              java -jar sluice.jar [<command>] --help
              java -jar sluice.jar --version
            """).toString();
    }

    /** The sentence for a first argument that is no command and no option. */
    static String unknownCommand(String name) {
        return "There is no command '" + name + "'"
                + (Nearest.advice(name, COMMANDS.keySet()).isEmpty()
                        ? "; the commands are " + String.join(", ", COMMANDS.keySet()) + "."
                        : Nearest.advice(name, COMMANDS.keySet()));
    }

    /** The versions of Sluice and of Java. */
    static String version() {
        Properties build = new Properties();
        try (InputStream in = Usage.class.getResourceAsStream(BUILD_INFO)) {
            if (in != null) { // absent where classes were compiled without Maven
                build.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "Sluice " + build.getProperty("build.version", "of an unknown version") + " (Java " + Runtime.version()
                + ")";
    }
}
