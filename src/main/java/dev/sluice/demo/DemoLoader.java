package dev.sluice.demo;

import dev.sluice.bulkimport.NdjsonLoader;
import dev.sluice.store.StoreInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Loads the sample population into an empty store before the server is ready, if the setting requires it, and logs how
 * to export it.
 */
@Component
class DemoLoader implements ApplicationRunner {
    private static final Logger log = LoggerFactory.getLogger(DemoLoader.class);
    private static final String POPULATION = "population.ndjson.gz";

    private final DemoSettings settings;
    private final StoreInfo store;
    private final NdjsonLoader loader;
    private final ServletWebServerApplicationContext context;

    DemoLoader(
            DemoSettings settings, StoreInfo store, NdjsonLoader loader, ServletWebServerApplicationContext context) {
        this.settings = settings;
        this.store = store;
        this.loader = loader;
        this.context = context;
    }

    @Override
    public void run(ApplicationArguments arguments) throws IOException {
        if (settings.demo() && store.isEmpty()) {
            try (InputStream ndjson =
                    Objects.requireNonNull(DemoLoader.class.getResourceAsStream(POPULATION), POPULATION)) {
                loader.load(ndjson);
            }
            log.info("The store was empty; a made-up population of 100 patients is loaded.");
        }
    }

    @EventListener
    @Order(1) // after the line that names the base URL
    void explain(ApplicationReadyEvent event) {
        if (settings.demo()) {
            log.info(
                    "Export it: curl -i 'http://localhost:{}/fhir/$export' -H 'Accept: application/fhir+json' -H"
                            + " 'Prefer: respond-async'",
                    Objects.requireNonNull(context.getWebServer()).getPort());
        }
    }
}
