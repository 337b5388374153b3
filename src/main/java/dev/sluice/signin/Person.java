package dev.sluice.signin;

import dev.sluice.audit.Actor;
import dev.sluice.security.Caller;
import dev.sluice.security.ClientLimits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/** A person who has signed in. The id is that of the console with the provider, and that of the person with it. */
final class Person implements OidcUser {
    private final OidcIdToken token;
    private final String issuer;
    private final String client;
    private final ConsoleRole role;
    private final long since = System.nanoTime();

    Person(OidcIdToken token, String issuer, String clientId, ConsoleRole role) {
        this.token = token;
        this.issuer = issuer;
        this.client = id(clientId, token);
        this.role = role;
    }

    /** The id of a person as a client of this server. Another program of the provider gives other ids. */
    static String id(String clientId, OidcIdToken token) {
        return clientId + " " + subject(token);
    }

    /** Empty if the token names nobody. */
    static String subject(OidcIdToken token) {
        return Objects.requireNonNullElse(token.getSubject(), "");
    }

    Caller caller(ClientLimits limits) {
        return new Caller(issuer, client, role.permissions(), limits);
    }

    String client() {
        return client;
    }

    Actor actor(String address) {
        return new Actor(issuer, client, address);
    }

    ConsoleRole role() {
        return role;
    }

    /** When the person signed in, by {@link System#nanoTime()}. */
    long since() {
        return since;
    }

    /** How the person is called on pages. */
    @Override
    public String getName() {
        return name(token);
    }

    static String name(OidcIdToken token) {
        return Stream.of("preferred_username", "email", "name")
                .flatMap(claim -> Optional.ofNullable(token.getClaims().get(claim)).stream())
                .map(String::valueOf)
                .filter(text -> !text.isBlank())
                .findFirst()
                .orElseGet(() -> subject(token));
    }

    @Override
    public OidcIdToken getIdToken() {
        return token;
    }

    @Override
    public Map<String, Object> getClaims() {
        return token.getClaims();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return token.getClaims();
    }

    @Override
    public @Nullable OidcUserInfo getUserInfo() {
        return null;
    }

    @Override
    public Collection<? extends GrantedAuthority> getAuthorities() {
        return List.of(new SimpleGrantedAuthority(role.name()));
    }
}
