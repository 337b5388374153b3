package dev.sluice.oidc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.transaction.CannotCreateTransactionException;

class CallerConverterTest {
    /** The filter answers this exception with 503. */
    @Test
    void aDatabaseThatIsAwayIsNoFaultOfTheToken() {
        Jwt token = Jwt.withTokenValue("x")
                .header("alg", "RS256")
                .claim("azp", "etl")
                .claim("sub", "etl")
                .build();

        for (RuntimeException away :
                List.of(new DataAccessResourceFailureException("away"), new CannotCreateTransactionException("away"))) {
            CallerConverter converter = new CallerConverter(
                    "https://idp.example.org", new OidcSettings(null, null, "roles", false), client -> {
                        throw away;
                    });
            assertThatThrownBy(() -> converter.convert(token)).isInstanceOf(AuthenticationServiceException.class);
        }
    }
}
