package dev.sluice;

import dev.sluice.blob.BlobStore;
import dev.sluice.store.StoreInfo;
import dev.sluice.web.BaseUrl;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Logs the addresses of the server, of its database and of its file storage after the start. */
@Component
class StartupLog {
    private static final Logger log = LoggerFactory.getLogger(StartupLog.class);

    private final ServletWebServerApplicationContext context;
    private final BaseUrl base;
    private final StoreInfo store;
    private final BlobStore blobs;

    StartupLog(ServletWebServerApplicationContext context, BaseUrl base, StoreInfo store, BlobStore blobs) {
        this.context = context;
        this.base = base;
        this.store = store;
        this.blobs = blobs;
    }

    @EventListener
    @Order(0)
    void announce(ApplicationReadyEvent event) {
        TomcatWebServer server = (TomcatWebServer) Objects.requireNonNull(context.getWebServer());
        log.info(
                "Sluice serves {} from {} and exports to {}.",
                base.onPort(server.getTomcat().getConnector().getScheme(), server.getPort()),
                store.describe(),
                blobs.describe());
    }
}
