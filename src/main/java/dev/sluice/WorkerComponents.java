package dev.sluice;

import dev.sluice.database.MigrationPolicy;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.stereotype.Controller;

/**
 * Leaves out what serves requests if {@code sluice.role} is {@code worker}: neither the FHIR API nor the console exists then,
 * and feeds start no exports. If the process has a web server, health and metrics remain. The role is read before any bean
 * exists.
 */
final class WorkerComponents implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if ("worker".equalsIgnoreCase(context.getEnvironment().getProperty("sluice.role"))) {
            context.getBeanFactory().registerSingleton("requestHandlers", new RequestHandlers());
            context.getBeanFactory().registerSingleton("migrationPolicy", MigrationPolicy.CHECK);
        }
    }

    /** What answers requests or starts jobs, but for the answers to requests that lead nowhere. */
    private static final class RequestHandlers extends TypeExcludeFilter {
        /** Packages and classes that act by themselves for those who send requests. */
        private static final List<String> ACTING = List.of(
                "dev.sluice.console.",
                "dev.sluice.demo.",
                "dev.sluice.feed.FeedScheduler",
                "dev.sluice.oauth.ClientAssertions");

        @Override
        public boolean match(MetadataReader reader, MetadataReaderFactory factory) {
            AnnotationMetadata type = reader.getAnnotationMetadata();
            return ACTING.stream().anyMatch(type.getClassName()::startsWith)
                    || ((type.hasMetaAnnotation(Controller.class.getName())
                                    || type.hasAnnotation(Controller.class.getName()))
                            && !Set.of(type.getInterfaceNames()).contains(ErrorController.class.getName()));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof RequestHandlers;
        }

        @Override
        public int hashCode() {
            return RequestHandlers.class.hashCode();
        }
    }
}
