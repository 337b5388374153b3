package dev.sluice.audit;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The audit for the command line. The server does not use it: it is no {@code @Configuration}. */
@ImportAutoConfiguration(JdbcTemplateAutoConfiguration.class)
@EnableConfigurationProperties(AuditSettings.class)
@Import(Audit.class)
public final class AuditConfiguration {}
