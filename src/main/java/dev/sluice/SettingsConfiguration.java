package dev.sluice;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** Runs the check of the settings before any other bean is created. */
@Configuration(proxyBeanMethods = false)
class SettingsConfiguration {
    @Bean
    static BeanFactoryPostProcessor settingsCheck(ConfigurableEnvironment environment) {
        return beans -> {
            List<Class<?>> settings = Arrays.stream(beans.getBeanNamesForAnnotation(ConfigurationProperties.class))
                    .<Class<?>>map(beans::getType)
                    .filter(Objects::nonNull)
                    .toList();
            new SettingsCheck(settings).check(environment);
        };
    }
}
