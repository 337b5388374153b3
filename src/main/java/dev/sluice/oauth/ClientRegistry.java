package dev.sluice.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.security.Caller;
import dev.sluice.security.ClientDirectory;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.SecurityMode;
import dev.sluice.security.TransportPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The clients: those of the settings, and those of the database, which all processes share. A client of the settings, or
 * of an OpenID provider, is disabled in the database too. Safe for use by any number of threads and processes.
 */
@Component
public class ClientRegistry implements ClientDirectory {
    private static final Logger log = LoggerFactory.getLogger(ClientRegistry.class);
    private static final int MOST_READ = 1000;

    /** How long a row is used before it is read again: a disabled client is refused after this time at most. */
    private static final Duration KNOWN = Duration.ofSeconds(1);

    /** In the place of an id: all clients, wherever they are registered. While they are disabled, each of them is. */
    public static final String ALL = "*";

    private final ClientRepository rows;
    private final TokenKeyRepository tokenKeys;
    private final boolean allowHttp;
    private final Map<String, RegisteredClient> configured = new TreeMap<>();
    private final Map<String, ClientLimits> limits = new TreeMap<>();

    /** What was made of the content of a row, since keys take time to read. */
    private final Cache<ClientRegistration, Optional<RegisteredClient>> read =
            Caffeine.newBuilder().maximumSize(MOST_READ).build();

    /** The rows that count for a client, by its id. Clients send many requests a second. */
    private final Cache<String, List<ClientEntity>> known =
            Caffeine.newBuilder().maximumSize(MOST_READ).expireAfterWrite(KNOWN).build();

    /** A command has neither a mode nor a transport. */
    ClientRegistry(
            ClientRepository rows,
            TokenKeyRepository tokenKeys,
            OauthSettings settings,
            ObjectProvider<SecurityMode> mode,
            ObjectProvider<TransportPolicy> transport) {
        this.rows = rows;
        this.tokenKeys = tokenKeys;
        this.allowHttp = transport.stream().noneMatch(TransportPolicy::requiresTls);
        boolean ofProviders = mode.stream().anyMatch(SecurityMode.OIDC::equals);
        settings.clients().forEach((id, given) -> {
            String key = ClientRegistration.normal(id);
            limits.put(
                    key,
                    ClientLimits.of(given.groups(), given.containers(), given.maxOpenJobs())
                            .with(given.priority()));
            if (!ofProviders) { // who knows the keys and the scopes of their clients
                configured.put(key, configured(id, given));
            }
        });
    }

    @Override
    public Optional<ClientLimits> limits(String client) {
        String id = ClientRegistration.normal(client);
        List<ClientEntity> found = rowsOf(id);
        if (isDisabled(found)) {
            return Optional.empty();
        }
        String program = ClientRegistration.program(id);
        return Optional.ofNullable(limits.get(program))
                .or(() -> row(found, program).map(ClientEntity::registration).map(ClientRegistration::limits))
                .or(() -> Optional.of(ClientLimits.NONE));
    }

    @Override
    public Optional<Caller> registered(String issuer, String client, List<String> granted) {
        return find(client).map(found -> found.caller(issuer, granted));
    }

    private List<ClientEntity> rowsOf(String id) {
        List<ClientEntity> found = known.getIfPresent(id);
        if (found == null) { // not under a lock of the cache: a database that does not answer holds up a request once
            found = readRows(id);
            known.put(id, found);
        }
        return found;
    }

    private List<ClientEntity> readRows(String id) {
        return rows.readByIdIn(ClientRegistration.rows(id));
    }

    private static boolean isDisabled(List<ClientEntity> found) {
        return found.stream().anyMatch(row -> !row.isEnabled());
    }

    /**
     * What an operator is told of a client.
     *
     * @param id its client id
     * @param enabled whether it gets tokens
     * @param scopes what it may ask for
     * @param source where it is registered
     */
    public record Entry(String id, boolean enabled, List<String> scopes, String source) {}

    private RegisteredClient configured(String id, OauthSettings.Registration given) {
        String where = "sluice.security.clients." + id;
        if (given.jwks() != null && given.jwksFile() != null) {
            throw new IllegalArgumentException(where + " has both jwks and jwks-file; leave one of them out");
        }
        return new ClientRegistration(
                        id,
                        given.scopes() == null ? List.of() : given.scopes(),
                        given.jwksUrl() == null ? null : given.jwksUrl().toString(),
                        given.jwksFile() == null ? given.jwks() : read(where, given.jwksFile()),
                        given.groups(),
                        given.containers(),
                        given.maxOpenJobs(),
                        given.priority())
                .checked(where, allowHttp);
    }

    private static String read(String where, String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(where + ".jwks-file is '" + file + "', which cannot be read", e);
        }
    }

    /** The client of this id, if it is registered and enabled at this time. */
    Optional<RegisteredClient> find(String client) {
        return find(client, this::readRows);
    }

    /** The client of a token, if it is registered, and was enabled a second ago. */
    Optional<RegisteredClient> findOfToken(String client) {
        return find(client, this::rowsOf);
    }

    private Optional<RegisteredClient> find(String client, Function<String, List<ClientEntity>> reader) {
        if (!ClientRegistration.isId(client)) { // and might be a text that PostgreSQL does not take
            return Optional.empty();
        }
        String id = ClientRegistration.normal(client);
        List<ClientEntity> found = reader.apply(id);
        if (isDisabled(found)) {
            return Optional.empty();
        }
        return Optional.ofNullable(configured.get(id)).or(() -> row(found, id).flatMap(this::registered));
    }

    /**
     * Every client that is registered here and enabled.
     *
     * @param faults gets a sentence for each row that cannot be used
     */
    List<RegisteredClient> enabled(Consumer<String> faults) {
        Map<String, RegisteredClient> clients = new TreeMap<>(configured);
        for (ClientEntity row : rows.findAllByOrderById()) {
            ClientRegistration registration = row.registration();
            if (row.id().equals(ALL) && !row.isEnabled()) {
                faults.accept("All clients are disabled; the command client enable '*' lets them in again.");
                return List.of();
            }
            if (!row.isEnabled()) {
                clients.remove(row.id());
            } else if (registration != null && !configured.containsKey(row.id())) {
                try {
                    clients.put(row.id(), registration.checked("client " + row.id(), allowHttp));
                } catch (IllegalArgumentException e) {
                    faults.accept(e.getMessage() + ".");
                }
            }
        }
        return List.copyOf(clients.values());
    }

    private static Optional<ClientEntity> row(List<ClientEntity> found, String id) {
        return found.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    private Optional<RegisteredClient> registered(ClientEntity row) {
        return Optional.ofNullable(row.registration())
                .flatMap(registration -> read.get(registration, this::registered));
    }

    private Optional<RegisteredClient> registered(ClientRegistration registration) {
        try {
            return Optional.of(registration.checked("client " + registration.id(), allowHttp));
        } catch (IllegalArgumentException e) {
            log.warn("The row of the client {} cannot be used: {}.", registration.id(), e.getMessage());
            return Optional.empty();
        }
    }

    /** Every client, by its id. */
    public List<Entry> list() {
        Map<String, ClientEntity> found = new TreeMap<>();
        rows.findAllByOrderById().forEach(row -> found.put(row.id(), row));
        TreeSet<String> ids = new TreeSet<>(found.keySet());
        ids.addAll(configured.keySet());
        return ids.stream()
                .map(id -> entry(id, Optional.ofNullable(found.get(id))))
                .toList();
    }

    private Entry entry(String id, Optional<ClientEntity> row) {
        boolean enabled = row.map(ClientEntity::isEnabled).orElse(true);
        RegisteredClient client = configured.get(id);
        if (client != null) {
            return new Entry(id, enabled, client.scopes().texts(), "settings");
        }
        List<String> scopes = row.map(ClientEntity::registration)
                .map(ClientRegistration::scopes)
                .orElse(List.of());
        return new Entry(id, enabled, scopes, scopes.isEmpty() ? "not here" : "database");
    }

    /**
     * Registers a client in the database.
     *
     * @throws IllegalArgumentException with a sentence if it cannot be registered
     */
    @Transactional
    public void add(ClientRegistration registration) {
        registration.checked("client " + registration.id(), allowHttp);
        if (configured.containsKey(registration.id())
                || rows.findById(registration.id()).isPresent()) {
            throw new IllegalArgumentException("The client '" + registration.id() + "' is registered already");
        }
        rows.save(new ClientEntity(registration));
    }

    /**
     * Has a client get tokens or not, wherever it is registered. A disabled client gets no token at once, and its
     * tokens are refused after a second.
     *
     * @return whether the client is registered with this server, and not only with a provider
     */
    @Transactional
    public boolean enable(String client, boolean enabled) {
        String id = ClientRegistration.normal(client);
        ClientEntity row = rows.findById(id).orElseGet(() -> new ClientEntity(id));
        row.enable(enabled);
        rows.save(row);
        return configured.containsKey(id) || row.registration() != null;
    }

    /** Has all tokens of this server be refused, by removing the keys that verify them. Returns the number of keys. */
    @Transactional
    public int revokeTokens() {
        return tokenKeys.removeOlderThan(0);
    }

    /**
     * Replaces the keys of a client in the database.
     *
     * @throws IllegalArgumentException with a sentence if there is no such client, or the keys cannot be used
     */
    @Transactional
    public void rotate(String client, @Nullable String jwksUrl, @Nullable String jwks) {
        String id = ClientRegistration.normal(client);
        if (configured.containsKey(id)) {
            throw new IllegalArgumentException("The client '" + id
                    + "' is registered in the settings; change its keys there, in sluice.security.clients." + id);
        }
        ClientEntity row = rows.findById(id).orElseThrow(() -> unknown(id));
        row.replaceKeys(jwksUrl, jwks);
        @Nullable ClientRegistration registration = row.registration();
        if (registration == null) {
            throw unknown(id);
        }
        registration.checked("client " + id, allowHttp);
        rows.save(row);
    }

    private static IllegalArgumentException unknown(String id) {
        return new IllegalArgumentException("There is no client '" + id + "'");
    }
}
