package dev.sluice;

import dev.sluice.audit.Act;
import dev.sluice.audit.Activity;
import dev.sluice.audit.Actor;
import dev.sluice.audit.Audit;
import dev.sluice.audit.AuditConfiguration;
import dev.sluice.cli.ClientAdministration;
import dev.sluice.doctor.Secrets;
import dev.sluice.job.OpenJobs;
import dev.sluice.job.OpenJobsConfiguration;
import dev.sluice.oauth.ClientRegistration;
import dev.sluice.oauth.ClientRegistry;
import dev.sluice.oauth.RegistryConfiguration;
import dev.sluice.security.JobPriority;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** The clients in the database of the server, for the command line: no web server and no job is started. */
final class ClientDatabase implements ClientAdministration {
    private final ConfigurableApplicationContext context;
    private final ClientRegistry registry;
    private final Audit audit;
    private final TransactionTemplate transaction;

    private ClientDatabase(ConfigurableApplicationContext context) {
        this.context = context;
        this.registry = context.getBean(ClientRegistry.class);
        this.audit = context.getBean(Audit.class);
        this.transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    /** Opens the database that these settings, the environment and {@code application.yaml} name. */
    static ClientAdministration open(List<String> settings) {
        try {
            return new ClientDatabase(CommandContext.of(
                            RegistryConfiguration.class, AuditConfiguration.class, OpenJobsConfiguration.class)
                    .run(CommandContext.arguments(settings)));
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    StartFailureReporter.sentence(e)
                            .orElse(
                                    "The database cannot be used: "
                                            + message(e)
                                            + ". Name it as for the server, by --spring.datasource.url=jdbc:postgresql://<host>/<database>"),
                    e);
        }
    }

    @Override
    public List<ListedClient> list() {
        return answer(() -> registry.list().stream()
                .map(client -> new ListedClient(client.id(), client.enabled(), client.source(), client.scopes()))
                .toList());
    }

    @Override
    public void add(NewClient client) {
        change(Act.of(Activity.CLIENT_ADDED, client.id()), () -> {
            registry.add(new ClientRegistration(
                    client.id(),
                    client.scopes() == null ? List.of() : List.of(client.scopes()),
                    client.jwksUrl(),
                    client.jwks(),
                    client.groups(),
                    client.containers(),
                    client.maxOpenJobs(),
                    priority(client.priority())));
            return true;
        });
    }

    private static @Nullable JobPriority priority(@Nullable String text) {
        return text == null
                ? null
                : JobPriority.find(text)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "The priority is '" + text + "'; it must be low, normal or high"));
    }

    @Override
    public String enable(String id, boolean enabled) {
        Activity activity = enabled ? Activity.CLIENT_ENABLED : Activity.CLIENT_DISABLED;
        boolean known = change(Act.of(activity, id), () -> registry.enable(id, enabled));
        if (id.equals(ClientRegistry.ALL)) {
            return enabled
                    ? "All clients are enabled, but for those that are disabled by their ids."
                    : "All clients are disabled.";
        }
        return "The client " + id + " is " + (enabled ? "enabled" : "disabled") + "."
                + (known ? "" : " It is not registered here; this is for the tokens of an OpenID provider.");
    }

    @Override
    public void rotate(String id, @Nullable String jwksUrl, @Nullable String jwks) {
        change(Act.of(Activity.KEYS_REPLACED, id), () -> {
            registry.rotate(id, jwksUrl, jwks);
            return true;
        });
    }

    @Override
    public List<String> stop(@Nullable String id) {
        OpenJobs jobs = context.getBean(OpenJobs.class);
        String client = id == null ? ClientRegistry.ALL : id;
        return answer(() -> transaction.execute(status -> {
            String disabled = enable(client, false);
            int keys = registry.revokeTokens();
            audit.record(Actor.command(), Act.of(Activity.TOKENS_REVOKED, null).amount(keys));
            List<UUID> cancelled = jobs.cancel("export");
            cancelled.forEach(job -> audit.record(Actor.command(), Act.of(Activity.EXPORT_DELETED, job.toString())));
            return List.of(
                    disabled,
                    "All access tokens of this server are revoked.",
                    cancelled.size() + " exports are cancelled.");
        }));
    }

    /** Both or nothing: a change and its record. */
    private <T> T change(Act act, Supplier<T> work) {
        return answer(() -> transaction.execute(status -> {
            T result = work.get();
            audit.record(Actor.command(), act);
            return result;
        }));
    }

    private static <T> T answer(Supplier<T> work) {
        try {
            return Objects.requireNonNull(work.get());
        } catch (DataAccessException | TransactionException | UncheckedIOException e) {
            String hint = e instanceof InvalidDataAccessResourceUsageException
                    ? ". Start the server once on this database, which makes its tables"
                    : "";
            throw new IllegalStateException("The database cannot be used: " + message(e) + hint, e);
        }
    }

    private static String message(Throwable e) {
        return Secrets.masked(
                String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage()));
    }

    @Override
    public void close() {
        context.close();
    }
}
