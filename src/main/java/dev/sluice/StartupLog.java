package dev.sluice;

import dev.sluice.blob.BlobStore;
import dev.sluice.database.MigrationPolicy;
import dev.sluice.store.StoreInfo;
import dev.sluice.web.BaseUrl;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Logs the addresses of the server, of its database and of its file storage after the start. */
@Component
class StartupLog {
    private static final Logger log = LoggerFactory.getLogger(StartupLog.class);

    private final ApplicationContext context;
    private final ObjectProvider<BaseUrl> base;
    private final ObjectProvider<MigrationPolicy> policy;
    private final StoreInfo store;
    private final BlobStore blobs;

    StartupLog(
            ApplicationContext context,
            ObjectProvider<BaseUrl> base,
            ObjectProvider<MigrationPolicy> policy,
            StoreInfo store,
            BlobStore blobs) {
        this.context = context;
        this.base = base;
        this.policy = policy;
        this.store = store;
        this.blobs = blobs;
    }

    @EventListener
    @Order(0)
    void announce(ApplicationReadyEvent event) {
        if (policy.getIfAvailable() == MigrationPolicy.CHECK
                || !(context instanceof ServletWebServerApplicationContext web)) {
            log.info("Sluice runs the jobs of {} and exports to {}.", store.describe(), blobs.describe());
            return;
        }
        TomcatWebServer server = (TomcatWebServer) Objects.requireNonNull(web.getWebServer());
        log.info(
                "Sluice serves {} from {} and exports to {}.",
                base.getObject().onPort(server.getTomcat().getConnector().getScheme(), server.getPort()),
                store.describe(),
                blobs.describe());
    }
}
