package dev.sluice;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;

/** Runs the check of the settings before any other bean is created. */
@Configuration(proxyBeanMethods = false)
class SettingsConfiguration {
    @Bean
    static BeanFactoryPostProcessor settingsCheck(ConfigurableEnvironment environment) {
        return beans -> check(beans, environment);
    }

    /** The same check after a start without it. */
    static void check(ConfigurableApplicationContext context) {
        check(context.getBeanFactory(), context.getEnvironment());
    }

    /** Gives another context the settings of a server. Those of a plain context have no part of an application's. */
    static void copy(ConfigurableApplicationContext server, ConfigurableApplicationContext other) {
        StandardEnvironment settings = new StandardEnvironment();
        settings.getPropertySources()
                .forEach(own -> settings.getPropertySources().remove(own.getName()));
        server.getEnvironment()
                .getPropertySources()
                .forEach(source -> settings.getPropertySources().addLast(source));
        other.setEnvironment(settings);
    }

    private static void check(ListableBeanFactory beans, ConfigurableEnvironment environment) {
        new SettingsCheck(settings(beans)).check(environment);
    }

    /** The classes that settings are bound to, those of Sluice among others. */
    static List<Class<?>> settings(ListableBeanFactory beans) {
        return Arrays.stream(beans.getBeanNamesForAnnotation(ConfigurationProperties.class))
                .<Class<?>>map(beans::getType)
                .filter(Objects::nonNull)
                .toList();
    }
}
