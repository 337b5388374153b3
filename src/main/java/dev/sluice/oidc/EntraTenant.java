package dev.sluice.oidc;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two issuers of one tenant of Microsoft Entra ID: an application has tokens of version 1 until its manifest says
 * {@code requestedAccessTokenVersion: 2}.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats">Token formats</a>
 */
final class EntraTenant {
    private static final Pattern VERSION_2 =
            Pattern.compile("(https://login\\.microsoftonline\\.(?:com|us))/([^/]+)/v2\\.0/?");
    private static final Pattern VERSION_1 = Pattern.compile("https://sts\\.windows\\.net/([^/]+)/?");
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private EntraTenant() {}

    /** The tenant in an issuer of Entra; empty for the issuer of another provider. */
    static Optional<String> of(String issuer) {
        Matcher second = VERSION_2.matcher(issuer);
        if (second.matches()) {
            return Optional.of(second.group(2));
        }
        Matcher first = VERSION_1.matcher(issuer);
        return first.matches() ? Optional.of(first.group(1)) : Optional.empty();
    }

    /** Whether it is an issuer of Entra without the id of one tenant, such as {@code common}. */
    static boolean isOfAnyTenant(String issuer) {
        return of(issuer).filter(tenant -> !ID.matcher(tenant).matches()).isPresent();
    }

    /** All issuers that mean the same provider as this one; the first is the same for each of them. */
    static Set<String> issuers(String issuer) {
        Set<String> all = new LinkedHashSet<>();
        of(issuer).ifPresent(tenant -> {
            all.add("https://sts.windows.net/" + tenant + "/");
            all.add("https://login.microsoftonline.com/" + tenant + "/v2.0");
        });
        all.add(issuer);
        return all;
    }
}
