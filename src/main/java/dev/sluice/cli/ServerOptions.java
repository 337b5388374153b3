package dev.sluice.cli;

import dev.sluice.bulkclient.BackendServiceTokens;
import dev.sluice.bulkclient.BackendServiceTokens.Registration;
import dev.sluice.bulkclient.ClientKey;
import dev.sluice.bulkclient.ServerSession;
import dev.sluice.bulkclient.TokenProvider;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that send requests to a server: which one, and how it knows the client. */
final class ServerOptions {
    private final Clock clock;

    @Option(
            names = "--server",
            paramLabel = "<url>",
            defaultValue = "${env:FHIR_SERVER:-http://localhost:8080/fhir}",
            description = "The FHIR base of the server; by default the variable FHIR_SERVER, or"
                    + " http://localhost:8080/fhir.")
    private String server = "";

    @Option(
            names = "--token-file",
            paramLabel = "<file>",
            description = "A file with a bearer token; by default the variable FHIR_TOKEN.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--client-id",
            paramLabel = "<id>",
            description = "The client id, for tokens by SMART Backend Services; needs --key-file.")
    private @Nullable String clientId;

    @Option(names = "--key-file", paramLabel = "<file>", description = "The private key of the client, as a JWK.")
    private @Nullable Path keyFile;

    @Option(
            names = "--token-url",
            paramLabel = "<url>",
            description = "The token endpoint; by default the one that the server publishes.")
    private @Nullable String tokenUrl;

    @Option(names = "--scope", paramLabel = "<scopes>", description = "The scopes to ask for; by default all types.")
    private @Nullable String scope;

    ServerOptions(Clock clock) {
        this.clock = clock;
    }

    /** @param out is told of each fault that is tried again */
    ServerConnection connect(CommandOutput out) {
        return new ServerConnection(new ServerSession(server, tokens()), clock, out::note);
    }

    /**
     * For requests that the caller repeats itself.
     *
     * @param others URLs of servers that get the token too
     */
    ServerSession session(Set<String> others) {
        return new ServerSession(server, tokens(), others);
    }

    private TokenProvider tokens() {
        if (clientId == null && keyFile == null) {
            return TokenProvider.fixed(BearerToken.read(tokenFile, "FHIR_TOKEN"));
        }
        if (clientId == null || keyFile == null) {
            throw new CliException("--client-id and --key-file are needed together.");
        }
        return new BackendServiceTokens(
                server, new Registration(clientId, ClientKey.read(keyFile), tokenUrl, scope), clock);
    }
}
