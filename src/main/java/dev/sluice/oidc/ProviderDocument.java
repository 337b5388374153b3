package dev.sluice.oidc;

import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * What a provider says of itself. It is read when it is first needed. While the provider is away, it is asked once in a
 * while, and not for each request. Safe for use by any number of threads.
 *
 * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect Discovery</a>
 */
public final class ProviderDocument {
    static final int TIMEOUT_MILLIS = 5_000;

    private static final int MAX_BYTES = 1 << 20;
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Reads what a provider publishes. */
    static final DefaultResourceRetriever HTTP =
            new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MAX_BYTES);

    private final String issuer;
    private volatile @Nullable Map<String, Object> known;
    private long failedAt;
    private @Nullable IOException fault;

    public ProviderDocument(String issuer) {
        this.issuer = issuer;
    }

    /**
     * The document.
     *
     * @throws IOException if the provider cannot be asked, or is another one
     */
    public Map<String, Object> get() throws IOException {
        Map<String, Object> document = known;
        return document == null ? read() : document;
    }

    private synchronized Map<String, Object> read() throws IOException {
        Map<String, Object> document = known;
        if (document != null) {
            return document;
        }
        IOException before = fault;
        if (before != null && System.nanoTime() - failedAt < PAUSE.toNanos()) {
            throw new IOException(before.getMessage(), before);
        }
        try {
            document = request();
            known = document;
            return document;
        } catch (IOException e) {
            fault = e;
            failedAt = System.nanoTime();
            throw e;
        }
    }

    private Map<String, Object> request() throws IOException {
        URI url = URI.create(StringUtils.trimTrailingCharacter(issuer, '/') + "/.well-known/openid-configuration");
        Map<String, Object> document;
        try {
            document = JSONObjectUtils.parse(HTTP.retrieveResource(url.toURL()).getContent());
        } catch (ParseException | IllegalArgumentException e) {
            throw new IOException(url + " cannot be read", e);
        }
        if (!issuer.equals(document.get("issuer"))) {
            throw new IOException(url + " is of another issuer");
        }
        return document;
    }

    /**
     * Returns if the URL can be the issuer of tokens.
     *
     * @param key the setting that has it
     * @throws IllegalArgumentException with a sentence otherwise
     */
    public static void requireIssuer(String key, String issuer) {
        URI url = URI.create(issuer);
        if (url.getHost() == null || url.getQuery() != null || url.getFragment() != null) {
            throw new IllegalArgumentException(key + " has '" + issuer
                    + "'; write it as the URL in the claim iss of its tokens, such as"
                    + " https://login.microsoftonline.com/<tenant id>/v2.0");
        }
        if (!"https".equals(url.getScheme()) && !url.getHost().equals("localhost")) {
            throw new IllegalArgumentException(key + " has '" + issuer
                    + "', which is not https; whoever changes the answers of a provider on their way can get in");
        }
        if (EntraTenant.isOfAnyTenant(issuer)) {
            throw new IllegalArgumentException(key + " has '" + issuer
                    + "', which stands for every tenant of Microsoft Entra ID; write the id of your own tenant in it");
        }
    }
}
