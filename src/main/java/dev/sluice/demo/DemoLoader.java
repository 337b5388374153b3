package dev.sluice.demo;

import dev.sluice.ingest.Loader;
import dev.sluice.store.StoreInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** If asked to, loads the sample population into an empty store before the server is ready, and tells how to export it. */
@Component
class DemoLoader implements ApplicationRunner {
    private static final Logger log = LoggerFactory.getLogger(DemoLoader.class);
    private static final long SEED = 1;
    private static final int PATIENTS = 100;

    private final DemoSettings settings;
    private final StoreInfo store;
    private final Loader loader;
    private final ServletWebServerApplicationContext context;

    DemoLoader(DemoSettings settings, StoreInfo store, Loader loader, ServletWebServerApplicationContext context) {
        this.settings = settings;
        this.store = store;
        this.loader = loader;
        this.context = context;
    }

    @Override
    public void run(ApplicationArguments arguments) throws IOException {
        if (settings.demo() && store.isEmpty()) {
            // Some 5 MB of text.
            String ndjson = Population.of(SEED, PATIENTS)
                    .resources()
                    .map(resource -> resource + "\n")
                    .collect(Collectors.joining());
            loader.load(new ByteArrayInputStream(ndjson.getBytes(StandardCharsets.UTF_8)));
            log.info("The store was empty; a made-up population of {} patients is loaded.", PATIENTS);
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
