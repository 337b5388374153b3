package dev.sluice.telemetry;

import io.micrometer.observation.ObservationPredicate;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Makes traces and sends them to the endpoint that is set. Without one, no trace is made: Spring Boot would make them, put
 * their ids on each log line, and send them nowhere. {@code application.yaml} excludes these classes therefore.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("management.opentelemetry.tracing.export.otlp.endpoint")
@Import({
    OpenTelemetrySdkAutoConfiguration.class,
    OpenTelemetryTracingAutoConfiguration.class,
    OtlpTracingAutoConfiguration.class,
    MicrometerTracingAutoConfiguration.class
})
class TracingConfiguration {
    /** Each scheduled task would be a trace of its own, several in a second. */
    @Bean
    ObservationPredicate noTracesOfTheMachinery() {
        return (name, context) -> !name.startsWith("tasks.scheduled");
    }

    /** Requests of monitoring systems and load balancers. */
    @Bean
    SpanExportingPredicate noTracesOfMonitoring() {
        return span -> !span.getTags().getOrDefault("uri", "").startsWith("/actuator");
    }
}
