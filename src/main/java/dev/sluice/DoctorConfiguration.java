package dev.sluice;

import dev.sluice.blob.BlobStores;
import dev.sluice.blob.DownloadMode;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.files.HomeFolder;
import dev.sluice.oauth.RegistryChecks;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;

/**
 * The checks of the command {@code doctor}, and what they need. Each bean is made when it is used, so that a check whose
 * settings are wrong keeps no other from running. The server does not use it: it is no {@code @Configuration}.
 */
@ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    JdbcClientAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    SslAutoConfiguration.class
})
@EnableConfigurationProperties(ServerProperties.class)
@ConfigurationPropertiesScan
@ComponentScan(useDefaultFilters = false, includeFilters = @Filter(Examines.class))
final class DoctorConfiguration {
    @Bean
    Clock systemClock() {
        return Clock.systemUTC();
    }

    @Bean
    HomeFolder homeFolder(HomeSettings settings) {
        return settings.folder();
    }

    /** The command changes no database. */
    @Bean
    FlywayMigrationStrategy noMigration() {
        return flyway -> {};
    }

    @Bean
    @Examines(Topic.SETTINGS)
    Check settings(ConfigurableApplicationContext context) {
        return () -> {
            SettingsConfiguration.check(context);
            return List.of(Finding.ok(Topic.SETTINGS, "All keys are known, and all values can be read."));
        };
    }

    @Bean
    @Examines(Topic.STORAGE)
    Check storage(StorageSettings settings, @Qualifier("systemClock") Clock clock) {
        return settings.kind() == StorageSettings.Kind.AZURE
                ? BlobStores.azureCheck(
                        settings.azure().storage(),
                        settings.mode() == DownloadMode.SAS ? settings.azure().sasLifetime() : null,
                        clock)
                : BlobStores.folderCheck(
                        settings.local().folder(), settings.local().minFreeBytes());
    }

    /** In a context of its own: that of JPA opens the database when it starts, also where each bean is made late. */
    @Bean
    @Examines(value = Topic.TOKENS, needsDatabase = true)
    @ConditionalOnProperty(name = "sluice.security.mode", havingValue = "smart")
    Check registry(ConfigurableApplicationContext context) {
        return () -> {
            try (AnnotationConfigApplicationContext registry = new AnnotationConfigApplicationContext()) {
                registry.setParent(context);
                registry.register(RegistryChecks.class);
                registry.refresh();
                return registry.getBeansOfType(Check.class).values().stream()
                        .flatMap(check -> check.run().stream())
                        .toList();
            }
        };
    }
}
