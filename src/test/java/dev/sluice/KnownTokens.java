package dev.sluice;

import dev.sluice.security.Caller;
import dev.sluice.security.CallerAuthentication;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import dev.sluice.security.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** Bearer tokens that tests make up, each with the caller that it stands for, in the place of those of a token server. */
public final class KnownTokens {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Map<String, Caller> CALLERS = new ConcurrentHashMap<>();

    /** A server that takes these tokens only. */
    public static SluiceServer server(String... options) {
        return SluiceServer.start(
                List.of(KnownTokens.class),
                Stream.concat(
                                Stream.of("--sluice.security.mode=smart", "--sluice.security.allow-http=true"),
                                Stream.of(options))
                        .toArray(String[]::new));
    }

    /** The token of a client who may export and import, with these scopes, separated by blanks. */
    public static String of(String client, String scopes) {
        return of(client, scopes, ClientLimits.NONE);
    }

    public static String of(String client, String scopes, ClientLimits limits) {
        List<Scope> read = Stream.of(scopes.split(" "))
                .map(scope -> Scope.find(scope).orElseThrow())
                .toList();
        Set<Operation> operations = EnumSet.of(Operation.EXPORT, Operation.IMPORT, Operation.IMPORT_DELETIONS);
        return of(client, new Permissions(read, operations), limits);
    }

    public static String of(String client, Permissions permissions, ClientLimits limits) {
        return of(new Caller("https://issuer.example", client, permissions, limits));
    }

    public static String of(Caller caller) {
        String token = "token-" + COUNT.incrementAndGet();
        CALLERS.put(token, caller);
        return token;
    }

    @Bean
    @Primary
    AuthenticationManagerResolver<HttpServletRequest> tokenResolver() {
        return request -> presented -> {
            Caller caller = CALLERS.get(((BearerTokenAuthenticationToken) presented).getToken());
            if (caller == null) {
                throw new InvalidBearerTokenException("unknown");
            }
            return new CallerAuthentication(caller);
        };
    }
}
