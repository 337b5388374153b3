package dev.sluice.ingest;

import dev.sluice.json.MemoryBudget;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires what the way in needs once for each process. */
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {
    @Bean
    MemoryBudget largeBodies() {
        return MemoryBudget.forThisMachine();
    }
}
