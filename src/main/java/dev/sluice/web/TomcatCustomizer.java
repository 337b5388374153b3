package dev.sluice.web;

import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Configures Tomcat to limit what slow clients hold, to pass requests to the application where possible, and to report
 * other errors as OperationOutcomes.
 */
@Component
class TomcatCustomizer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final HttpSettings settings;
    private final TrustedProxies proxies;
    private final int requests;
    private final long swallowed;

    TomcatCustomizer(HttpSettings settings, TrustedProxies proxies, TomcatServerProperties tomcat) {
        this.settings = settings;
        this.proxies = proxies;
        // A fifth of the threads remains for probes and refusals.
        this.requests = Math.max(1, tomcat.getThreads().getMax() * 4 / 5);
        this.swallowed = tomcat.getMaxSwallowSize().toBytes();
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.setProtocol(ClientLimitProtocol.class.getName());
        factory.addProtocolHandlerCustomizers(
                (ClientLimitProtocol protocol) -> protocol.limit(settings.connectionsPerAddress(), proxies::contain));
        factory.addEngineValves(new RequestLimitValve(requests, swallowed));
        factory.addConnectorCustomizers(TomcatCustomizer::customize);
        factory.addContextCustomizers(TomcatCustomizer::customize);
    }

    private static void customize(Connector connector) {
        // An id with a slash in it is no id; the application says so.
        connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
        connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
        // The bodies of forms are not parsed, so that they cannot act as parameters of the URL.
        connector.setParseBodyMethods("");
    }

    /** The host looks for a valve of this class before it adds one; of two, the one that was added last reports. */
    private static void customize(Context context) {
        StandardHost host = (StandardHost) context.getParent();
        host.setErrorReportValveClass(OutcomeValve.class.getName());
        host.getPipeline().addValve(new OutcomeValve());
    }
}
