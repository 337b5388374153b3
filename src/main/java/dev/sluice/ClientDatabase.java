package dev.sluice;

import dev.sluice.cli.ClientAdministration;
import dev.sluice.oauth.ClientRegistration;
import dev.sluice.oauth.ClientRegistry;
import dev.sluice.oauth.RegistryConfiguration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/** The clients in the database of the server, for the command line: no web server and no job is started. */
final class ClientDatabase implements ClientAdministration {
    private final ConfigurableApplicationContext context;
    private final ClientRegistry registry;

    private ClientDatabase(ConfigurableApplicationContext context) {
        this.context = context;
        this.registry = context.getBean(ClientRegistry.class);
    }

    /** Opens the database that these settings, the environment and {@code application.yaml} name. */
    static ClientAdministration open(List<String> settings) {
        Stream<String> silent = Stream.of(
                        "root",
                        "dev.sluice",
                        "org.springframework",
                        "org.springframework.boot",
                        "org.hibernate",
                        "com.zaxxer.hikari")
                .map(logger -> "--logging.level." + logger + "=off");
        try {
            return new ClientDatabase(new SpringApplicationBuilder(RegistryConfiguration.class)
                    .web(WebApplicationType.NONE)
                    .logStartupInfo(false)
                    .run(Stream.concat(silent, settings.stream()).toArray(String[]::new)));
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    StartFailureReporter.sentence(e)
                            .orElse(
                                    "The database cannot be used: "
                                            + NestedExceptionUtils.getMostSpecificCause(e)
                                                    .getMessage()
                                            + ". Name it as for the server, by --spring.datasource.url=jdbc:postgresql://<host>/<database>"),
                    e);
        }
    }

    @Override
    public List<String> list() {
        return answer(() -> registry.list().stream().map(ClientDatabase::line).toList());
    }

    private static String line(ClientRegistry.Entry client) {
        return String.join(
                "  ",
                client.id(),
                client.enabled() ? "enabled" : "disabled",
                "registered in the " + client.source(),
                String.join(" ", client.scopes()));
    }

    @Override
    public void add(NewClient client) {
        answer(() -> {
            registry.add(new ClientRegistration(
                    client.id(),
                    client.scopes() == null ? List.of() : List.of(client.scopes()),
                    client.jwksUrl(),
                    client.jwks(),
                    client.groups(),
                    client.containers(),
                    client.maxOpenJobs()));
            return true;
        });
    }

    @Override
    public String enable(String id, boolean enabled) {
        boolean known = answer(() -> registry.enable(id, enabled));
        return "The client " + id + " is " + (enabled ? "enabled" : "disabled") + "."
                + (known ? "" : " It is not registered here; this is for the tokens of an OpenID provider.");
    }

    @Override
    public void rotate(String id, @Nullable String jwksUrl, @Nullable String jwks) {
        answer(() -> {
            registry.rotate(id, jwksUrl, jwks);
            return true;
        });
    }

    private static <T> T answer(Supplier<T> work) {
        try {
            return Objects.requireNonNull(work.get());
        } catch (DataAccessException | TransactionException e) {
            Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
            String hint = e instanceof InvalidDataAccessResourceUsageException
                    ? ". Start the server once on this database, which makes its tables"
                    : "";
            throw new IllegalStateException("The database cannot be used: " + cause.getMessage() + hint, e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
