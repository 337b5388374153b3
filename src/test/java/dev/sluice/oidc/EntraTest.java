package dev.sluice.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;

class EntraTest {
    private static final String TENANT = "8e1fd4a1-1b1c-4d0e-9a43-5e2c1fb0a111";

    @Test
    void bothVersionsOfTokensOfOneTenantAreOfOneProvider() {
        assertThat(EntraTenant.issuers("https://login.microsoftonline.com/" + TENANT + "/v2.0"))
                .containsExactly(
                        "https://sts.windows.net/" + TENANT + "/",
                        "https://login.microsoftonline.com/" + TENANT + "/v2.0");
        assertThat(EntraTenant.issuers("https://sts.windows.net/" + TENANT + "/")
                        .iterator()
                        .next())
                .isEqualTo("https://sts.windows.net/" + TENANT + "/");
        assertThat(EntraTenant.issuers("https://idp.example.org/realms/x"))
                .containsExactly("https://idp.example.org/realms/x");
    }

    @Test
    void anIssuerOfEveryTenantIsKnown() {
        assertThat(EntraTenant.isOfAnyTenant("https://login.microsoftonline.com/organizations/v2.0"))
                .isTrue();
        assertThat(EntraTenant.isOfAnyTenant("https://login.microsoftonline.com/" + TENANT + "/v2.0"))
                .isFalse();
        assertThat(EntraTenant.isOfAnyTenant("https://idp.example.org/common/v2.0"))
                .isFalse();
    }

    /** The claims are those of the two versions of tokens that Microsoft documents. */
    @Test
    void aProgramOfEntraIsKnownByItsClaims() {
        assertThat(claims(Map.of("ver", "1.0", "appid", "a1", "oid", "o1", "sub", "o1"))
                        .isOfProgram())
                .isTrue();
        assertThat(claims(Map.of("ver", "2.0", "azp", "a1", "oid", "o1", "sub", "o1"))
                        .isOfProgram())
                .isTrue();
        assertThat(claims(Map.of(
                                "ver", "2.0", "azp", "a1", "oid", "o1", "sub", "pairwise", "scp", "user_impersonation"))
                        .isOfProgram())
                .isFalse();
        assertThat(claims(Map.of("ver", "2.0", "azp", "a1", "oid", "o1", "sub", "pairwise"))
                        .isOfProgram())
                .isFalse();
        assertThat(claims(Map.of("ver", "1.0", "appid", "a1", "oid", "o1", "sub", "o1"))
                        .client())
                .hasValue("a1");
    }

    private static TokenClaims claims(Map<String, Object> claims) {
        Jwt.Builder token = Jwt.withTokenValue("x").header("alg", "RS256").expiresAt(Instant.EPOCH.plusSeconds(1));
        claims.forEach(token::claim);
        return new TokenClaims(token.build());
    }
}
