package dev.sluice.web;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.fhir.Plural;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import okhttp3.internal.tls.OkHostnameVerifier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.core.NestedExceptionUtils;

/** Checks the certificate of {@code server.ssl.*}: whether it can be read, has its key, and is for the base URL. */
@Examines(Topic.TLS)
final class CertificateCheck implements Check {
    private static final Duration SOON = Duration.ofDays(21);

    private final @Nullable Ssl ssl;
    private final SslBundles bundles;
    private final @Nullable URI base;
    private final Clock clock;

    CertificateCheck(
            ServerProperties server, SslBundles bundles, WebSettings web, @Qualifier("systemClock") Clock clock) {
        this.ssl = server.getSsl();
        this.bundles = bundles;
        this.base = web.baseUrl();
        this.clock = clock;
    }

    @Override
    public List<Finding> run() {
        if (ssl == null || !Ssl.isEnabled(ssl)) {
            return List.of(Finding.ok(Topic.TLS, "The server has no certificate of its own (server.ssl.*)."));
        }
        try {
            return List.of(check(WebServerSslBundle.get(ssl, bundles)));
        } catch (GeneralSecurityException | RuntimeException e) {
            return List.of(Finding.problem(
                    Topic.TLS,
                    "The certificate of server.ssl.* cannot be read: "
                            + NestedExceptionUtils.getMostSpecificCause(e).getMessage() + ".",
                    "Correct the file, its password, the alias or the rights of this user."));
        }
    }

    private Finding check(SslBundle bundle) throws GeneralSecurityException {
        KeyStore store = bundle.getStores().getKeyStore();
        @Nullable
        String alias = store == null ? null : alias(store, bundle.getKey().getAlias());
        if (store == null || alias == null || !(store.getCertificate(alias) instanceof X509Certificate certificate)) {
            return Finding.problem(
                    Topic.TLS,
                    "server.ssl.* has no certificate with a private key.",
                    "Name a key store that has both, or server.ssl.certificate and server.ssl.certificate-private-key.");
        }
        if (!isPair(certificate, store.getKey(alias, password(bundle)))) {
            return Finding.problem(
                    Topic.TLS,
                    "The private key of server.ssl.* is not that of the certificate.",
                    "Install the key that the request for this certificate was made with.");
        }
        String host = base == null ? null : base.getHost();
        if (host != null && !OkHostnameVerifier.INSTANCE.verify(host, certificate)) {
            return Finding.problem(
                    Topic.TLS,
                    "The certificate is for " + OkHostnameVerifier.INSTANCE.allSubjectAltNames(certificate)
                            + " and not for " + host + ", the host of sluice.base-url.",
                    "Get a certificate with this name, or correct sluice.base-url.");
        }
        return dates(certificate);
    }

    private static @Nullable String alias(KeyStore store, @Nullable String configured) throws GeneralSecurityException {
        if (configured != null) {
            return configured;
        }
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                return alias;
            }
        }
        return null;
    }

    private static char @Nullable [] password(SslBundle bundle) {
        @Nullable String password = bundle.getKey().getPassword();
        @Nullable String ofStore = bundle.getStores().getKeyStorePassword();
        return password != null ? password.toCharArray() : ofStore == null ? null : ofStore.toCharArray();
    }

    /** Whether the one verifies what the other signs. */
    private static boolean isPair(X509Certificate certificate, @Nullable Key key) throws GeneralSecurityException {
        if (!(key instanceof PrivateKey secret)
                || !secret.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (secret.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> secret.getAlgorithm();
                });
        byte[] content = {1};
        signature.initSign(secret);
        signature.update(content);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(content);
        return signature.verify(signed);
    }

    private Finding dates(X509Certificate certificate) {
        Instant now = clock.instant();
        Instant end = certificate.getNotAfter().toInstant();
        String advice = "Renew it; clients refuse to connect otherwise.";
        if (end.isBefore(now)) {
            return Finding.problem(Topic.TLS, "The certificate has expired at " + end + ".", advice);
        }
        if (certificate.getNotBefore().toInstant().isAfter(now)) {
            return Finding.problem(
                    Topic.TLS,
                    "The certificate is valid only from "
                            + certificate.getNotBefore().toInstant() + " on.",
                    "Correct the clock of this machine, or wait.");
        }
        Duration left = Duration.between(now, end);
        String text = "The certificate expires in " + Plural.of(left.toDays(), "day") + " (" + end + ").";
        return left.compareTo(SOON) < 0
                ? Finding.warning(Topic.TLS, text, advice)
                : Finding.ok(Topic.TLS, text + (base == null ? "" : " It is for the host of sluice.base-url."));
    }
}
