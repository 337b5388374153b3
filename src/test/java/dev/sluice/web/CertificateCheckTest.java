package dev.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.TestCertificate;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

@IntegrationTest
class CertificateCheckTest {
    private static final String HOST = "fhir.example.org";

    @TempDir
    Path folder;

    @Test
    void certificateOfTheHostIsOk() throws Exception {
        Finding finding = check(store(certificate("a", HOST, "-validity", "90").store(), TestCertificate.PASSWORD));

        assertThat(finding.text())
                .startsWith("The certificate expires in 89 days")
                .contains("base-url");
        assertThat(finding.level()).isEqualTo(Level.OK);
    }

    @Test
    void keyAndCertificateInFilesAreReadToo() throws Exception {
        TestCertificate certificate = certificate("a", HOST, "-validity", "90");

        assertThat(check(pem(certificate.certificate(), certificate.key())).level())
                .isEqualTo(Level.OK);
    }

    @Test
    void certificateThatEndsSoonIsAWarning() throws Exception {
        Finding finding = check(store(certificate("a", HOST, "-validity", "10").store(), TestCertificate.PASSWORD));

        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.advice()).startsWith("Renew it");
    }

    @Test
    void certificateThatHasExpiredIsAProblem() throws Exception {
        TestCertificate expired = certificate("a", HOST, "-startdate", "-10d", "-validity", "5");

        assertProblem(store(expired.store(), TestCertificate.PASSWORD), "The certificate has expired at 20");
    }

    @Test
    void certificateOfAnotherHostIsAProblem() throws Exception {
        TestCertificate other = certificate("a", "other.example.org", "-validity", "90");

        assertProblem(
                store(other.store(), TestCertificate.PASSWORD),
                "The certificate is for [other.example.org] and not for fhir.example.org");
    }

    @Test
    void keyOfAnotherCertificateIsAProblem() throws Exception {
        TestCertificate one = certificate("a", HOST, "-validity", "90");
        TestCertificate other = certificate("b", HOST, "-validity", "90");

        assertProblem(
                pem(one.certificate(), other.key()), "The private key of server.ssl.* is not that of the certificate");
    }

    @Test
    void fileThatCannotBeReadIsAProblem() throws Exception {
        Path store = certificate("a", HOST, "-validity", "90").store();

        assertProblem(store(store, "wrong-password"), "The certificate of server.ssl.* cannot be read: ");
        assertProblem(
                store(folder.resolve("none"), TestCertificate.PASSWORD),
                "The certificate of server.ssl.* cannot be read: ");
        assertThat(check(store(store, "wrong-password")).text()).doesNotContain("wrong-password");
    }

    @Test
    void serverWithoutACertificateIsToldSo() {
        assertThat(check(new Ssl(), false)).extracting(Finding::level).isEqualTo(Level.OK);
    }

    private void assertProblem(Ssl ssl, String text) {
        Finding finding = check(ssl);
        assertThat(finding.text()).startsWith(text);
        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.advice()).isNotEmpty();
    }

    private static Finding check(Ssl ssl) {
        return check(ssl, true);
    }

    private static Finding check(Ssl ssl, boolean enabled) {
        ssl.setEnabled(enabled);
        ServerProperties server = new ServerProperties();
        server.setSsl(ssl);
        List<Finding> findings = new CertificateCheck(
                        server,
                        new DefaultSslBundleRegistry(),
                        new WebSettings(URI.create("https://" + HOST + "/fhir"), null),
                        Clock.systemUTC())
                .run();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private TestCertificate certificate(String name, String host, String... options) throws Exception {
        return TestCertificate.make(folder.resolve(name + ".p12"), host, options);
    }

    private static Ssl store(Path file, String password) {
        Ssl ssl = new Ssl();
        ssl.setKeyStore(file.toString());
        ssl.setKeyStorePassword(password);
        return ssl;
    }

    private static Ssl pem(Path certificate, Path key) {
        Ssl ssl = new Ssl();
        ssl.setCertificate("file:" + certificate);
        ssl.setCertificatePrivateKey("file:" + key);
        return ssl;
    }
}
