package dev.sluice;

import dev.sluice.doctor.LatestExamination;
import java.time.Clock;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Has a server run the checks of the command {@code doctor} with its own settings. */
@Configuration(proxyBeanMethods = false)
class ServerExamination {
    @Bean
    LatestExamination latestExamination(ConfigurableApplicationContext server, Clock clock) {
        return new LatestExamination(report -> Doctor.examine(server, report), clock);
    }
}
