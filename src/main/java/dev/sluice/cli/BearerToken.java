package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a bearer token. It is no argument of a command, because every user of a machine can list those. */
final class BearerToken {
    private BearerToken() {}

    /** The token in the file; without a file, the one in this variable of the environment; empty if there is none. */
    static String read(@Nullable Path file, String variable) {
        String token = file == null ? System.getenv().getOrDefault(variable, "") : in(file);
        if (!token.matches("[!-~]*")) {
            throw new CliException("The token in " + (file == null ? variable : file)
                    + " has characters that no token has, such as spaces.");
        }
        return token;
    }

    private static String in(Path file) {
        try {
            String token = Files.readString(file).strip();
            if (token.isEmpty()) {
                throw new CliException("The file " + file + " is empty; it must hold a token.");
            }
            return token;
        } catch (IOException e) {
            throw new CliException("The token file " + file + " cannot be read: " + ExportLocator.reason(e) + ".");
        }
    }
}
