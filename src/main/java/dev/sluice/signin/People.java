package dev.sluice.signin;

import dev.sluice.audit.Actor;
import dev.sluice.security.ClientDirectory;
import dev.sluice.security.ClientLimits;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Turns valid ID tokens into people, and knows which people are shut out. */
@Component
class People implements OAuth2UserService<OidcUserRequest, OidcUser> {
    private final SignInSettings.Oidc settings;
    private final ClientDirectory clients;

    People(SignInSettings settings, ClientDirectory clients) {
        this.settings = settings.oidc();
        this.clients = clients;
    }

    @Override
    public OidcUser loadUser(OidcUserRequest request) {
        OidcIdToken token = request.getIdToken();
        String issuer = String.valueOf(settings.issuer());
        String clientId = request.getClientRegistration().getClientId();
        String client = Person.id(clientId, token);
        if (Person.subject(token).isBlank()
                || client.chars().anyMatch(Character::isISOControl)) { // PostgreSQL does not take all of them
            throw new SignInException(SignInProblem.NOT_VALID, null, null);
        }
        Actor actor = new Actor(issuer, client, null);
        Person person = ConsoleRole.of(token.getClaims(), settings)
                .map(role -> new Person(token, issuer, clientId, role))
                .orElseThrow(() -> new SignInException(SignInProblem.NO_ROLE, actor, null));
        try {
            if (limits(person).isEmpty()) {
                throw new SignInException(SignInProblem.DISABLED, actor, null);
            }
        } catch (DataAccessException | TransactionException e) {
            throw new SignInException(SignInProblem.SERVER_AWAY, actor, e);
        }
        return person;
    }

    /**
     * The limits of a person: those of the console as a client. Empty if either the console or the person is disabled.
     *
     * @throws DataAccessException if the database does not answer
     */
    Optional<ClientLimits> limits(Person person) {
        return clients.limits(person.client());
    }
}
