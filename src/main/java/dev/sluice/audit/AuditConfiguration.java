package dev.sluice.audit;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/** The audit for the command line. The server does not use it: it is no {@code @Configuration}. */
@EntityScan
@EnableJpaRepositories
@EnableConfigurationProperties(AuditSettings.class)
@Import(Audit.class)
public final class AuditConfiguration {}
