package dev.sluice.job;

import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/** The open jobs for the command line. The server does not use it: it is no {@code @Configuration}. */
@EntityScan
@EnableJpaRepositories
@Import(OpenJobs.class)
public final class OpenJobsConfiguration {}
