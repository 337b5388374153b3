package dev.sluice.oidc;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.security.oauth2.jwt.Jwt;

/** Reads the claims of an access token, in which the providers differ. */
final class TokenClaims {
    private static final String KEYCLOAK_SERVICE_ACCOUNT = "service-account-";

    private final Jwt token;

    TokenClaims(Jwt token) {
        this.token = token;
    }

    /** The id of the client; empty if the token has none. */
    Optional<String> client() {
        return Stream.of("azp", "appid", "client_id")
                .flatMap(name -> text(name).stream())
                .findFirst();
    }

    /**
     * Whether the token is of a program that acts for itself. What is not known to be one is taken for that of a person.
     * Entra says it in {@code idtyp}, if the application asks for this claim; without it, a program has the same
     * {@code oid} and {@code sub} and no {@code scp}. Keycloak gives a program the name of its service account. By RFC 9068
     * a program is its own subject.
     */
    boolean isOfProgram() {
        Optional<String> kind = text("idtyp");
        if (kind.isPresent()) {
            return kind.get().equals("app");
        }
        if (token.hasClaim("scp") || token.hasClaim("sid") || token.hasClaim("auth_time")) {
            return false;
        }
        Optional<String> subject = subject();
        Optional<String> client = client();
        boolean ownSubject = subject.isPresent() && (subject.equals(text("oid")) || subject.equals(client));
        return ownSubject || text("preferred_username").equals(client.map(id -> KEYCLOAK_SERVICE_ACCOUNT + id));
    }

    /** Whose token it is, with its issuer. */
    Optional<String> subject() {
        return text("sub");
    }

    /** Whether only who has a certain key may send the token (RFC 7800). */
    boolean isBoundToKey() {
        return token.hasClaim("cnf");
    }

    /** Whether the token tells a program of a login (OpenID Connect Core, section 2), and is for no server. */
    boolean isIdToken() {
        return token.hasClaim("nonce")
                || token.hasClaim("at_hash")
                || text("typ").equals(Optional.of("ID"));
    }

    /** The roles or scopes in a claim. */
    List<String> values(String path) {
        return ClaimPath.values(token.getClaims(), path);
    }

    private Optional<String> text(String name) {
        return token.getClaims().get(name) instanceof String text && !text.isBlank()
                ? Optional.of(text)
                : Optional.empty();
    }
}
