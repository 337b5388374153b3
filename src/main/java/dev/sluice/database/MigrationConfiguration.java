package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.fhir.ResourceType;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.flyway.autoconfigure.FlywayProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Configures Flyway: what the migrations need to know, and who runs them. */
@Configuration(proxyBeanMethods = false)
class MigrationConfiguration {
    /**
     * The migration makes one partition for each type; the list of types stands in the code only. A session of another
     * role has the same settings.
     */
    @Bean
    FlywayConfigurationCustomizer migrations(DataSource dataSource) throws SQLException {
        String names = ResourceType.all().stream().map(ResourceType::name).collect(Collectors.joining(" "));
        String settings = dataSource.unwrap(HikariDataSource.class).getConnectionInitSql();
        return flyway -> {
            // Of spring.flyway.url; it is no bean.
            DatabaseTransport.check(flyway.getDataSource());
            flyway.placeholders(Map.of("resourceTypes", names)).initSql(settings);
        };
    }

    /** Connections of another role, for the migrations only, with the properties of the others. */
    @Bean(defaultCandidate = false)
    @FlywayDataSource
    @ConditionalOnProperty("spring.flyway.user")
    DataSource migrationDataSource(DataSource dataSource, FlywayProperties settings) throws SQLException {
        HikariDataSource pool = dataSource.unwrap(HikariDataSource.class);
        Properties properties = new Properties();
        properties.putAll(pool.getDataSourceProperties());
        properties.setProperty("user", settings.getUser());
        if (settings.getPassword() != null) {
            properties.setProperty("password", settings.getPassword());
        }
        String url = settings.getUrl() == null ? pool.getJdbcUrl() : settings.getUrl();
        return new SimpleDriverDataSource(new Driver(), url, properties);
    }
}
