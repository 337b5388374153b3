package dev.sluice.ingest;

import dev.sluice.json.MemoryBudget;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the beans of this package. */
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {
    @Bean
    MemoryBudget memoryBudget() {
        return MemoryBudget.forThisMachine();
    }
}
